import type { Failure } from "./failure.ts";
import type { Counts, Entry, OperationId, RunCommand, RunId, RunOutcome } from "./journal.ts";
import type { JsonObject } from "./json.ts";
import { countsOf } from "./run-counts.ts";
import type { Change, Residue, StepId } from "./step.ts";

/** One run, as `testx history` lists it. Times in ms since the epoch. */
export interface RunSummary {
  readonly run: RunId;
  readonly command: RunCommand;
  /** For a rollback: the run that it unwinds. */
  readonly of?: RunId;
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** unfinished: under way, or cut off. */
  readonly outcome: RunOutcome | "unfinished";
  /** It is under way, or was cut off or stopped and the next run of its command goes on with it. */
  readonly goesOn?: true;
  /** From the first start to the last end, in ms, pauses between a stop and going on included. */
  readonly durationMs?: number;
  readonly counts: Counts;
  /** Requests by integration, and those sent again; left out where it is not known any more. */
  readonly calls?: Readonly<Record<string, number>>;
  readonly retries?: number;
  /** How many things a rollback could not restore. */
  readonly residue: number;
  /** Why it failed or was degraded: of the steps' failures the first, where the run has none. */
  readonly failure?: Failure;
}

/** One run and what it did, in order. */
export interface RunHistory extends RunSummary {
  readonly timeline: readonly Moment[];
}

/** Something that a run has written down, in the words of its journal. */
export interface Moment {
  /** In ms since the epoch, and since the run's start. */
  readonly at: number;
  readonly afterMs: number;
  readonly what:
    | "started"
    | "resumed"
    | "create"
    | "update"
    | "adopt"
    | "created"
    | "updated"
    | "adopted"
    | "unchanged"
    | "absent"
    | "doubted"
    | "sweep"
    | "swept"
    | "conflict"
    | "failed"
    | "deferred"
    | "deferred-ended"
    | "skipped"
    | "undo"
    | "undone"
    | "undo-failed"
    | "finished";
  readonly step?: StepId;
  readonly title?: string;
  /** For `unchanged`: all that were found so at once. */
  readonly steps?: readonly StepId[];
  readonly changes?: readonly Change[];
  readonly receipt?: JsonObject;
  readonly failure?: Failure;
  readonly residue?: readonly Residue[];
  readonly outcome?: RunOutcome;
  /** For `deferred-ended`: how it came to its end. */
  readonly why?: string;
  /** Since the intent that it ends, in ms. */
  readonly durationMs?: number;
}

/**
 * A run's entries as its timeline; what was not written down is not there.
 * @param unwound those of the run that it unwinds: they have the titles
 */
export function timeline(entries: readonly Entry[], unwound: readonly Entry[] = []): Moment[] {
  const begun = new Map<OperationId, { at: number; title: string }>();
  for (const entry of unwound) if (entry.type === "intent") begun.set(entry.op, entry);
  const undoing = new Map<OperationId, number>();
  const start = entries[0]?.at ?? 0;
  let started = false;
  const moment = (entry: Entry, what: Moment["what"], rest: Partial<Moment> = {}): Moment => ({
    ...{ at: entry.at, afterMs: entry.at - start, what },
    ...("step" in entry && { step: entry.step }),
    ...("op" in entry && entry.op !== undefined && titled(begun.get(entry.op)?.title)),
    ...rest,
  });
  const since = (from: number | undefined, entry: Entry) =>
    from === undefined ? {} : { durationMs: Math.max(0, entry.at - from) };

  return entries.map((entry): Moment => {
    switch (entry.type) {
      case "run-started": {
        const what = started ? "resumed" : "started";
        started = true;
        return moment(entry, what);
      }
      case "intent": {
        const { op, at, title, target, changes } = entry;
        begun.set(op, { at, title });
        const what = entry.adopting ? "adopt" : entry.before === null ? "create" : "update";
        return moment(entry, what, { step: target.step, title, changes });
      }
      case "done": {
        const { origin, title, after } = entry;
        const from = entry.op === undefined ? undefined : begun.get(entry.op)?.at;
        return moment(entry, origin, { title, receipt: after, ...since(from, entry) });
      }
      case "seen":
        return moment(entry, "unchanged", { steps: entry.steps });
      case "sweep-intent":
        return moment(entry, "sweep", { receipt: entry.copy });
      case "swept":
        return moment(entry, "swept", { residue: entry.residue });
      case "conflict":
        return moment(entry, "conflict", { receipt: entry.found });
      case "doubted":
        return moment(entry, "doubted", { title: entry.title });
      case "failed":
      case "deferred":
      case "skipped":
        return moment(entry, entry.type, { failure: entry.failure });
      case "deferred-ended":
        return moment(entry, entry.type, { why: entry.why });
      case "undo-intent":
        undoing.set(entry.op, entry.at);
        return moment(entry, "undo");
      case "undone":
      case "undo-failed":
        return moment(entry, entry.type, {
          residue: entry.residue,
          ...since(undoing.get(entry.op), entry),
        });
      case "run-finished":
        return moment(entry, "finished", {
          outcome: entry.outcome,
          ...(entry.failure && { failure: entry.failure }),
        });
      default:
        return moment(entry, entry.type);
    }
  });
}

function titled(title: string | undefined) {
  return title === undefined ? {} : { title };
}

/** What a run's entries say of how it ended. */
export function endingOf(
  entries: readonly Entry[],
): Pick<RunSummary, "counts" | "residue" | "failure"> {
  const last = entries.findLast((entry) => entry.type === "run-finished");
  const from = entries.findLastIndex(({ type }) => type === "run-started");
  const failures = (type: Entry["type"]) =>
    entries
      .slice(from + 1)
      .flatMap((entry) => (entry.type === type && "failure" in entry ? [entry.failure] : []));
  const cause = last?.failure ?? failures("failed")[0] ?? failures("deferred")[0];
  return {
    counts: countsOf(entries),
    residue: last?.residue.length ?? 0,
    ...(cause && { failure: cause }),
  };
}
