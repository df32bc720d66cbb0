// npm run chaos: all of test/chaos/, of which `npm test` plays a small part.
//   npm run chaos -- matrix                      one file
//   TESTX_CHAOS_SEED=7 npm run chaos -- random   from another seed
import { spawnSync } from "node:child_process";

const files = process.argv.slice(2).map((name) => `test/chaos/${name}`);
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--no-file-parallelism"];
const { status } = spawnSync(
  process.execPath,
  [...vitest, ...(files.length > 0 ? files : ["test/chaos"])],
  { stdio: "inherit", env: { TESTX_CHAOS: "all", ...process.env } },
);
process.exitCode = status ?? 1;
