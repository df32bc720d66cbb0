import { type Counts, type Entry, noCounts, type OperationId } from "./journal.ts";
import type { StepId } from "./step.ts";

/** By step, what these entries say last of what was done to it. */
export function doneIn(entries: readonly Entry[]): Map<StepId, keyof Counts> {
  const last = new Map<StepId, keyof Counts>();
  for (const entry of entries) {
    if (entry.type === "done") {
      // It is still what the run has made, however often it is looked at.
      if (entry.origin !== "unchanged" || !last.has(entry.step)) last.set(entry.step, entry.origin);
    } else if (entry.type === "undone" && entry.residue.length === 0)
      last.set(entry.step, "undone");
  }
  return last;
}

export function summed(done: ReadonlyMap<StepId, keyof Counts>): Counts {
  const counts = { ...noCounts };
  for (const what of done.values()) counts[what] += 1;
  return counts;
}

/**
 * What a run has done in all, whether it has ended or not: of one that was gone on with its last
 * `run-finished` counts only what was done since.
 */
export function countsOf(entries: readonly Entry[]): Counts {
  const from = entries.findLastIndex(({ type }) => type === "run-started");
  const before = entries.slice(0, Math.max(0, from));
  const since = entries.slice(from + 1);
  const finished = since.findLast((entry) => entry.type === "run-finished");
  if (finished === undefined) return summed(doneIn(entries));
  const counts = { ...finished.counts };
  const again = new Set(
    since.flatMap((entry) => {
      if (entry.type === "seen") return entry.steps;
      return entry.type === "done" && entry.origin === "unchanged" ? [entry.step] : [];
    }),
  );
  const touched = new Set(since.flatMap((entry) => ("step" in entry ? [entry.step] : [])));
  for (const [step, what] of writtenBefore(before, since)) {
    if (again.has(step)) counts.unchanged = Math.max(0, counts.unchanged - 1);
    else if (touched.has(step)) continue;
    counts[what] += 1;
  }
  return counts;
}

/** What was begun before, whether that was known to have come about then or only since. */
function writtenBefore(before: readonly Entry[], since: readonly Entry[]) {
  const begun = new Set<OperationId>();
  for (const entry of before) if (entry.type === "intent") begun.add(entry.op);
  const own = [...before, ...since].filter(
    (entry) => "op" in entry && entry.op !== undefined && begun.has(entry.op),
  );
  return [...doneIn(own)].filter(([, what]) => what !== "undone");
}
