import type { Entry } from "./journal.ts";
import type { LooseEnd } from "./loose-ends.ts";
import type { StepId } from "./step.ts";

/** A write that waits for its service, or that is given up until somebody asks for it again. */
export type Deferred = Extract<Entry, { type: "deferred" }>;

/** After so many failed attempts a deferred write is given up: the dead letters. */
export const mostAttempts = 5;

/** By step, in the order in which they were deferred or tried last. */
export function deferredIn(ends: readonly LooseEnd[]): Map<StepId, Deferred> {
  return new Map(ends.flatMap((end) => (end.type === "deferred" ? [[end.step, end]] : [])));
}
