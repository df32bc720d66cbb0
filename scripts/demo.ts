// npm run demo: the main job, from an empty account to a set-up team, on the local sandbox.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";

const state = ".testx/demo";
// Each time from the beginning: the sandbox's accounts are kept in the state folder too.
rmSync(state, { recursive: true, force: true });

const setup = ["bin/testx.js", "integrations", "setup", "--sandbox", "--state", state];
const { status } = spawnSync(process.execPath, setup, { stdio: "inherit" });

if (status === 0) {
  const options = `--sandbox --state ${state}`;
  console.log(`
That was the sandbox: nothing has left this machine. Go on with

  npm run -s testx -- integrations setup ${options}    # again: changes nothing
  npm run -s testx -- integrations status ${options}
  npm run -s testx -- rollback ${options}
`);
}
process.exitCode = status ?? 1;
