import { failure } from "../core/failure.ts";
import type { RunId } from "../core/journal.ts";
import type { CallsOf } from "../core/metrics.ts";
import type { Project } from "../wiring/project.ts";
import type { Context } from "./context.ts";

/** What is known of the runs' calls; where that cannot be read it is said, and nothing is known. */
export async function knownCalls(
  project: Project,
  context: Context,
): Promise<ReadonlyMap<RunId, CallsOf>> {
  try {
    return (await project.metrics()).runs();
  } catch (error) {
    const { code, message } = failure("METRICS_NOT_KEPT", `${(error as Error).message}.`);
    context.notice(`${code}: ${message}`);
    return new Map();
  }
}
