import type { Entry } from "./journal.ts";
import type { LooseEnd } from "./loose-ends.ts";
import type { StepId } from "./step.ts";

/** A write that waits for its service, or that is given up until somebody asks for it again. */
export type Deferred = Extract<Entry, { type: "deferred" }>;

/** After so many failed attempts a deferred write is given up: the dead letters. */
export const mostAttempts = 5;

/** By step; what waits longest comes first, and what one run put off in the order of its steps. */
export function deferredIn(ends: readonly LooseEnd[]): Map<StepId, Deferred> {
  const waiting = ends.filter((end): end is Deferred => end.type === "deferred");
  waiting.sort(({ first: a, step: one }, { first: b, step: other }) => {
    const nth = a.run === b.run ? (a.nth ?? 0) - (b.nth ?? 0) : 0;
    return nth || a.at - b.at || (one < other ? -1 : 1);
  });
  return new Map(waiting.map((one) => [one.step, one]));
}
