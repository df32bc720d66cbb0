/**
 * What a team's own program does with testx: shows the plan, sets up, and says how it went.
 * `node scripts/onboard.ts --sandbox` needs no account.
 */
import { resolve } from "node:path";
import { createOrchestrator, problemsOf, TestxError } from "testx";

const testx = createOrchestrator({
  cwd: resolve(import.meta.dirname, ".."),
  sandbox: process.argv.includes("--sandbox"),
  onEvent(event) {
    if (event.type === "step.finished") console.log(`  ${event.step}: ${event.origin}`);
  },
});

try {
  const { plan } = await testx.plan();
  for (const { step, action, title } of plan) console.log(`${action} ${title} (${step})`);

  const { outcome, receipts, residue } = await testx.setup();
  console.log(`It ${outcome}.`);
  console.log(receipts["slack.channel"]?.url);
  for (const { step, what, why } of residue) console.log(`${step}: ${what} stays, ${why}`);

  const [run] = await testx.history({ limit: 1 });
  console.log(`${run?.counts.created} created in run ${run?.run}.`);
  if (outcome !== "succeeded") process.exitCode = 1;
} catch (error) {
  // Everything that testx throws has a code: `testx explain CODE` tells more.
  if (!(error instanceof TestxError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  for (const { file, line, message } of problemsOf(error.failure.details)) {
    console.error(`  ${file}:${line} ${message}`);
  }
  process.exitCode = 1;
}
