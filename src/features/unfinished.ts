import { deferredIn } from "../core/deferred.ts";
import type { OperationId, RunCommand, RunId } from "../core/journal.ts";
import type { JournalStore, LockHolder, RunRecord } from "../core/ports.ts";
import type { OpenRun } from "../core/results.ts";

/** The newest run, where it was cut off or is under way. */
export function cutOff(journal: JournalStore): RunRecord | undefined {
  const last = journal.runs().at(-1);
  if (last === undefined) return undefined;
  const open =
    last.finishedAt === undefined ||
    last.outcome === "interrupted" ||
    // Gone on with, and failed before it could go on or unwind.
    (last.outcome === "failed" && undoable(journal, subject(last), last.to) > 0);
  return open ? last : undefined;
}

/** The newest run, where it is of this command and goes on under its own id. */
export function unfinished(journal: JournalStore, command: RunCommand): RunId | undefined {
  const last = cutOff(journal);
  return last?.command === command ? last.run : undefined;
}

/** The run whose writes it is about: for a rollback the one that it unwinds. */
export function subject({ command, run, of }: RunRecord): RunId | undefined {
  return command === "rollback" ? of : run;
}

/** How many writes of a run could still be undone; with `to`, from that point on. */
export function undoable(
  journal: JournalStore,
  run: RunId | undefined,
  to?: OperationId | undefined,
): number {
  const mine = journal.operations("undoable").filter((operation) => operation.run === run);
  if (run === undefined || to === undefined) return mine.length;
  const all = since(journal, run, to);
  return mine.filter(({ op }) => all.has(op)).length;
}

/** The writes of a run from a point on, undone or not. */
export function since(journal: JournalStore, run: RunId, to: OperationId): Set<OperationId> {
  const all = new Set<OperationId>();
  for (const entry of journal.entries(run)) {
    if (entry.type === "intent" && (all.size > 0 || entry.op === to)) all.add(entry.op);
  }
  return all;
}

/** Whether a run has written or put off anything that is not undone already. */
export function hasLeft(
  journal: JournalStore,
  run: RunId | undefined,
  to?: OperationId | undefined,
): boolean {
  if (undoable(journal, run, to) > 0) return true;
  // Undone from a point on, a run keeps what it put off.
  if (to !== undefined) return false;
  return [...deferredIn(journal.looseEnds()).values()].some(({ first }) => first.run === run);
}

/** The newest run, where it is under way, or has an end to come to. */
export function unended(
  journal: JournalStore,
  holder: () => LockHolder | undefined,
): OpenRun | undefined {
  const last = cutOff(journal);
  if (last === undefined) return undefined;
  const atWork = last.finishedAt === undefined && holder() !== undefined;
  if (!atWork && !hasLeft(journal, subject(last), last.to)) return undefined;
  return { run: last.run, command: last.command, atWork };
}
