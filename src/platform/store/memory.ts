import type { Entry, EntryBody, RunId } from "../../core/journal.ts";
import { operationsOf } from "../../core/ledger.ts";
import { looseEndsOf } from "../../core/loose-ends.ts";
import type { Clock, JournalStore } from "../../core/ports.ts";
import { receiptsOf, runsOf } from "./views.ts";

/** A journal that lives as long as its process: for tests and for embedding. */
export function memoryJournal(clock: Pick<Clock, "now">): JournalStore {
  const journal: Entry[] = [];
  let open = true;
  const copy = (): Entry[] => structuredClone(journal);
  return {
    async append(run, bodies) {
      if (!open) throw new Error("the journal is closed");
      // Through JSON, as on disk: what JSON leaves out is left out here too.
      const plain = JSON.parse(JSON.stringify(bodies)) as EntryBody[];
      const [seq, at] = [journal.length + 1, clock.now()];
      const entries = plain.map((body, index) => ({ seq: seq + index, run, at, ...body }));
      journal.push(...structuredClone(entries));
      return entries;
    },
    entries: (run?: RunId) => copy().filter((entry) => run === undefined || entry.run === run),
    operations: (which) => operationsOf(copy(), which),
    looseEnds: () => looseEndsOf(copy()),
    runs: () => runsOf(journal),
    receipts: () => receiptsOf(copy()),
    close() {
      open = false;
    },
  };
}
