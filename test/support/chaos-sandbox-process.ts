/**
 * All stand-ins in a process of their own, steered over IPC:
 * `chaos-sandbox-process.ts STATE_FILE`. Tells its parent of each request that a `stall` holds.
 */
import { type RunningSandbox, startSandbox } from "../../src/sandbox/server.ts";
import { loadServices } from "../../src/sandbox/services.ts";
import type { Answer, Question } from "./chaos-sandbox.ts";

const stateFile = process.argv[2];
const sandbox = await startSandbox({ services: await loadServices(), stateFile, pid: process.pid });
const tell = (message: Answer): void => {
  process.send?.(message);
};
tell({ type: "ready", url: sandbox.url, environment: sandbox.environment });

let seen = 0;
setInterval(() => {
  const log = sandbox.log();
  for (const entry of log.slice(seen)) if (entry.fault === "stall") tell({ type: "held", entry });
  seen = log.length;
}, 1);

const answers: { [K in Question["ask"]]: (question: Question, on: RunningSandbox) => unknown } = {
  state: (_, on) => on.state(),
  full: (_, on) => on.fullState(),
  log: (_, on) => on.log(),
  faults: ({ rules = [] }, on) => on.setFaults(rules),
  reset: (_, on) => {
    on.reset();
    seen = 0;
  },
};

process.on("message", (question: Question) => {
  tell({ type: "answer", id: question.id, value: answers[question.ask](question, sandbox) });
});
process.on("disconnect", () => process.exit());
