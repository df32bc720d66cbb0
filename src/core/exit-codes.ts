import type { Catalogue } from "./catalogue/entry.ts";
import type { RunFinished } from "./events.ts";
import type { Failure } from "./failure.ts";
import type { RunCommand } from "./journal.ts";

/** The contract with scripts; every exit code of testx comes from here. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  changes: 3,
  prerequisite: 4,
  degraded: 5,
  residue: 6,
  locked: 7,
  interrupted: 130,
} as const;

/** How a run ended. */
export function exitCodeOfRun(
  command: RunCommand,
  finished: RunFinished,
  catalogue: Catalogue,
): number {
  switch (finished.outcome) {
    case "succeeded":
      return exitCodes.done;
    case "degraded":
      return exitCodes.degraded;
    case "rolled-back":
      return command === "rollback" ? exitCodes.done : exitCodes.failed;
    case "rollback-incomplete":
      return exitCodes.residue;
    case "interrupted":
      return exitCodes.interrupted;
    case "failed":
      return finished.failure === undefined
        ? exitCodes.failed
        : exitCodeOfFailure(finished.failure, catalogue);
  }
}

/** Codes that say how a whole command ended, and not that a part of it did not work. */
const endings: ReadonlySet<number> = new Set([
  exitCodes.usage,
  exitCodes.prerequisite,
  exitCodes.residue,
  exitCodes.locked,
  exitCodes.interrupted,
]);

/** Why a command could not do its work: never 0. */
export function exitCodeOfFailure({ code }: Failure, catalogue: Catalogue): number {
  const exit = catalogue[code]?.exit ?? exitCodes.failed;
  return endings.has(exit) ? exit : exitCodes.failed;
}
