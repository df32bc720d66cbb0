import { deferredIn } from "../core/deferred.ts";
import type { RunCommand, RunId } from "../core/journal.ts";
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
    (last.outcome === "failed" && undoable(journal, subject(last)) > 0);
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

/** How many writes of a run could still be undone. */
export function undoable(journal: JournalStore, run: RunId | undefined): number {
  return journal.operations("undoable").filter((operation) => operation.run === run).length;
}

/** Whether a run has written or put off anything that is not undone already. */
export function hasLeft(journal: JournalStore, run: RunId | undefined): boolean {
  if (undoable(journal, run) > 0) return true;
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
  if (!atWork && !hasLeft(journal, subject(last))) return undefined;
  return { run: last.run, command: last.command, atWork };
}
