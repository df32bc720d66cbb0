import type { Entry, EntryBody, RunId } from "../../core/journal.ts";
import type { Clock, JournalStore } from "../../core/ports.ts";
import { receiptsOf, runsOf } from "./views.ts";

/** A journal that lives as long as its process: for tests and for embedding. */
export function memoryJournal(clock: Pick<Clock, "now">): JournalStore {
  const journal: Entry[] = [];
  let open = true;
  return {
    async append(run, bodies) {
      if (!open) throw new Error("the journal is closed");
      const copies = JSON.parse(JSON.stringify(bodies)) as EntryBody[];
      const at = clock.now();
      const entries = copies.map((body, index) => ({
        seq: journal.length + index + 1,
        run,
        at,
        ...body,
      }));
      journal.push(...entries);
      return entries;
    },
    entries: (run?: RunId) =>
      run === undefined ? [...journal] : journal.filter((entry) => entry.run === run),
    runs: () => runsOf(journal),
    receipts: () => receiptsOf(journal),
    close() {
      open = false;
    },
  };
}
