// npm run check: all checks, one after the other; says of each how it went.
import { spawnSync } from "node:child_process";

const checks = ["format", "types", "floors", "house", "unused", "package"];

const failed = checks.filter((name) => {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync("npm", ["run", "-s", `check:${name}`], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(`${status === 0 ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (status !== 0) console.log(`${stdout}${stderr}`.trimEnd());
  return status !== 0;
});

console.log(`${checks.length - failed.length} checks passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
