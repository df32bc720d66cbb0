import { catalogue } from "../../core/catalogue/catalogue.ts";
import { exitCodeOfFailure, exitCodeOfRun, exitCodes } from "../../core/exit-codes.ts";
import type { Ended } from "./play.ts";

/** With what testx would have exited. */
export function exitCodeOfEnd(ended: Ended): number {
  if ("finished" in ended) return exitCodeOfRun(ended.run, ended.finished, catalogue);
  return ended.failure ? exitCodeOfFailure(ended.failure, catalogue) : exitCodes.done;
}
