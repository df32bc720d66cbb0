import { fail } from "../core/failure.ts";
import { endingOf, type RunHistory, type RunSummary, timeline } from "../core/history.ts";
import type { RunId } from "../core/journal.ts";
import type { CallsOf } from "../core/metrics.ts";
import type { JournalStore, RunRecord } from "../core/ports.ts";
import { suggest } from "../core/suggest.ts";

/** By run; what is known of a run's calls does not come from the journal. */
type Calls = ReadonlyMap<RunId, CallsOf>;

/** The newest runs first. From the journal alone: no call is made. */
export function history(journal: JournalStore, calls: Calls, limit: number): RunSummary[] {
  return journal
    .runs()
    .slice(-limit)
    .toReversed()
    .map((record) => summary(journal, calls, record));
}

/**
 * One run and what it did, in order.
 * @param wanted its id, the beginning of it that no other has, or `last`
 * @throws TestxError RUN_UNKNOWN
 */
export function runHistory(journal: JournalStore, calls: Calls, wanted: string): RunHistory {
  const record = find(journal.runs(), wanted);
  const unwound = record.of === undefined ? [] : journal.entries(record.of);
  return {
    ...summary(journal, calls, record),
    timeline: timeline(journal.entries(record.run), unwound),
  };
}

export function summary(journal: JournalStore, calls: Calls, record: RunRecord): RunSummary {
  const { run, command, of, startedAt, finishedAt, outcome } = record;
  const known = calls.get(run);
  return {
    ...{ run, command, startedAt },
    ...(of !== undefined && { of }),
    ...(finishedAt !== undefined && { finishedAt, durationMs: finishedAt - startedAt }),
    outcome: outcome ?? "unfinished",
    ...endingOf(journal.entries(run)),
    ...(known && { calls: known.calls, retries: known.retries }),
  };
}

function find(runs: readonly RunRecord[], wanted: string): RunRecord {
  if (wanted === "last") {
    const newest = runs.at(-1);
    return newest ?? fail("RUN_UNKNOWN", "There has been no run yet.");
  }
  const exact = runs.find(({ run }) => run === wanted);
  if (exact !== undefined) return exact;
  const [first, ...others] = runs.filter(({ run }) => run.startsWith(wanted));
  if (first === undefined || wanted === "") {
    const ids = runs.map(({ run }) => run);
    const [meant] = suggest(wanted, ids);
    const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
    return fail("RUN_UNKNOWN", `There is no run "${wanted}".${hint}`);
  }
  if (others.length === 0) return first;
  const ids = [first, ...others].map(({ run }) => run);
  const shown = ids.slice(-3).join(", ");
  return fail("RUN_UNKNOWN", `${ids.length} runs begin with "${wanted}", among them ${shown}.`);
}
