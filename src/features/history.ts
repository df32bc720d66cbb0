import { endingOf, type RunHistory, type RunSummary, timeline } from "../core/history.ts";
import type { RunId } from "../core/journal.ts";
import type { CallsOf } from "../core/metrics.ts";
import type { JournalStore, RunRecord } from "../core/ports.ts";
import { findRun } from "./find-run.ts";
import { cutOff } from "./unfinished.ts";

/** By run; what is known of a run's calls does not come from the journal. */
type Calls = ReadonlyMap<RunId, CallsOf>;

/** The newest runs first. From the journal alone: no call is made. */
export function history(journal: JournalStore, calls: Calls, limit: number): RunSummary[] {
  const open = cutOff(journal)?.run;
  return journal
    .runs()
    .slice(-limit)
    .toReversed()
    .map((record) => summary(journal, calls, record, open));
}

/**
 * One run and what it did, in order.
 * @param wanted its id, the beginning of it that no other has, or `last`
 * @throws TestxError RUN_UNKNOWN
 */
export function runHistory(journal: JournalStore, calls: Calls, wanted: string): RunHistory {
  const record = findRun(journal.runs(), wanted);
  const unwound = record.of === undefined ? [] : journal.entries(record.of);
  return {
    ...summary(journal, calls, record, cutOff(journal)?.run),
    timeline: timeline(journal.entries(record.run), unwound),
  };
}

/** `open`: the run that goes on, where it is to be told. */
export function summary(
  journal: JournalStore,
  calls: Calls,
  record: RunRecord,
  open?: RunId,
): RunSummary {
  const { run, command, of, startedAt, finishedAt, outcome } = record;
  const known = calls.get(run);
  return {
    ...{ run, command, startedAt },
    ...(of !== undefined && { of }),
    ...(finishedAt !== undefined && { finishedAt, durationMs: finishedAt - startedAt }),
    outcome: outcome ?? "unfinished",
    ...(open === run && { goesOn: true as const }),
    ...endingOf(journal.entries(run)),
    ...(known && { calls: known.calls, retries: known.retries }),
  };
}
