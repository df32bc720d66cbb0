import type { Entry } from "../../core/journal.ts";
import type { Receipt, RunRecord } from "../../core/ports.ts";
import type { StepId } from "../../core/step.ts";

type DoneEntry = Extract<Entry, { type: "done" }>;
type SeenEntry = Extract<Entry, { type: "seen" }>;
type StartEntry = Extract<Entry, { type: "run-started" }>;
type FinishEntry = Extract<Entry, { type: "run-finished" }>;

/**
 * A run's first `run-started` says what it is; it is finished when its last `run-finished` has
 * no `run-started` behind it (a run that was interrupted goes on under the same id).
 */
function runRecord(started: StartEntry, finished: FinishEntry | undefined): RunRecord {
  return {
    run: started.run,
    command: started.command,
    ...(started.of === undefined ? {} : { of: started.of }),
    ...(started.to === undefined ? {} : { to: started.to }),
    startedAt: started.at,
    ...(finished ? { finishedAt: finished.at, outcome: finished.outcome } : {}),
  };
}

/**
 * The receipt that the newest entry comes to. `known` is the entry by which the resource came
 * to be known, when the newest is only a sighting of it; `seen` where it was found so again.
 */
export function receipt(newest: DoneEntry, known: DoneEntry, seen?: SeenEntry): Receipt {
  const { step, kind, title, after, target } = newest;
  const { run, at } = seen ?? newest;
  const op = known.op === undefined ? {} : { op: known.op };
  const where = target === undefined ? {} : { target };
  const made = { run: known.run, at: known.at };
  return { step, kind, title, run, at, state: after, origin: known.origin, made, ...op, ...where };
}

export function runsOf(entries: readonly Entry[]): RunRecord[] {
  const runs = new Map<string, { started: StartEntry; finished?: FinishEntry | undefined }>();
  for (const entry of entries) {
    const known = runs.get(entry.run);
    if (entry.type === "run-started") {
      runs.set(entry.run, { started: known?.started ?? entry });
    } else if (entry.type === "run-finished" && known) {
      known.finished = entry;
    }
  }
  return [...runs.values()].map(({ started, finished }) => runRecord(started, finished));
}

export function receiptsOf(entries: readonly Entry[]): Map<StepId, Receipt> {
  const live = new Map<StepId, DoneEntry[]>();
  const sightings = new Map<StepId, SeenEntry>();
  for (const entry of entries) {
    if (entry.type === "seen") {
      for (const step of entry.steps) sightings.set(step, entry);
    } else if (entry.type === "done") {
      // What was created was not there before: earlier receipts speak of something else.
      const earlier = entry.origin === "created" ? [] : (live.get(entry.step) ?? []);
      const kept =
        entry.origin === "unchanged" ? earlier.filter((e) => e.origin !== "unchanged") : earlier;
      live.set(entry.step, [...kept, entry]);
      sightings.delete(entry.step);
    } else if (entry.type === "undone") {
      const stack = live.get(entry.step) ?? [];
      const first = stack.findIndex((e) => e.op === entry.op);
      if (first < 0) continue;
      live.set(entry.step, stack.slice(0, first));
      sightings.delete(entry.step);
    }
  }
  const receipts = new Map<StepId, Receipt>();
  for (const [step, stack] of live) {
    const newest = stack.at(-1);
    if (!newest) continue;
    const known = stack.findLast((e) => e.origin !== "unchanged") ?? newest;
    receipts.set(step, receipt(newest, known, sightings.get(step)));
  }
  return receipts;
}
