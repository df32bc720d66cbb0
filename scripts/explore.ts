// npm run explore: random outages from seeds, until Ctrl-C or the end. Prints how far it is, and
// how to go on from there.
//   npm run explore -- --from 5001 --count 20000
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import type { ExplorationReport } from "../src/core/simulation.ts";

const { values } = parseArgs({
  options: {
    from: { type: "string", default: "1" },
    count: { type: "string", default: "100000" },
    jobs: { type: "string" },
  },
});
const [from, count] = [whole(values.from), whole(values.count)];
const end = from + count;
/** Seeds that one process plays: so many that its start counts for nothing. */
const batch = 200;

const started = performance.now();
const failed: number[] = [];
let stopped = false;
process.on("SIGINT", () => {
  stopped = true;
});

let next = from;
while (next < end && !stopped) {
  const many = Math.min(batch, end - next);
  const report = await explore(next, many);
  if (report === undefined) break;
  for (const { seed, violations, scenario } of report.failures) {
    failed.push(seed);
    console.log(`\nseed ${seed}: testx simulate --explore 1 --seed ${seed}`);
    for (const { broken, message } of violations) console.log(`  ${broken}: ${message}`);
    console.log(`  ${JSON.stringify(scenario)}\n`);
  }
  next += many;
  const seconds = (performance.now() - started) / 1000;
  const rate = (next - from) / seconds;
  const left = Math.round((end - next) / rate);
  console.log(
    `seeds ${from} to ${next - 1}: ${failed.length} failed, ${rate.toFixed(1)} a second, ${left} s to go`,
  );
}
if (next < end) {
  console.log(`Go on with: npm run explore -- --from ${next} --count ${end - next}`);
}
console.log(
  `${next - from} of ${count} played, ${failed.length} failed: ${failed.join(", ") || "none"}`,
);
process.exitCode = failed.length > 0 || next < end ? 1 : 0;

/** `undefined`: it was stopped, or could not be played. */
async function explore(seed: number, many: number): Promise<ExplorationReport | undefined> {
  const args = ["simulate", "--explore", `${many}`, "--seed", `${seed}`, "--json"];
  if (values.jobs !== undefined) args.push("--jobs", values.jobs);
  const child = spawn(process.execPath, ["bin/testx.js", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  await once(child, "close");
  if (stopped) return undefined;
  const report = JSON.parse(text) as ExplorationReport & { readonly error?: unknown };
  if (report.error === undefined) return report;
  console.log(text);
  return undefined;
}

function whole(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new Error(`${value} is no number of seeds.`);
  return Number(value);
}
