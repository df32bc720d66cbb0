import type { RunCommand, RunId } from "../core/journal.ts";
import type { JournalStore } from "../core/ports.ts";

/** The newest run, where it is of this command and goes on under its own id. */
export function unfinished(journal: JournalStore, command: RunCommand): RunId | undefined {
  const last = journal.runs().at(-1);
  if (last?.command !== command) return undefined;
  const open =
    last.finishedAt === undefined ||
    last.outcome === "interrupted" ||
    // Gone on with, and failed before it could go on or unwind.
    (last.outcome === "failed" &&
      journal.operations("undoable").some(({ run }) => run === last.run));
  return open ? last.run : undefined;
}
