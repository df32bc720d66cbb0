import type { DatabaseSync } from "node:sqlite";
import type { Entry, EntryBody, RunId } from "../../core/journal.ts";
import type { Receipt, RunRecord } from "../../core/ports.ts";
import type { StepId } from "../../core/step.ts";
import { checksum } from "./checksum.ts";
import { corrupt } from "./failures.ts";
import { type DoneEntry, type FinishEntry, receipt, runRecord, type StartEntry } from "./views.ts";

interface Row {
  readonly seq: number;
  readonly run: string;
  readonly at: number;
  readonly body: string;
  readonly sum: number;
}

/** Reads a journal's tables; each entry is checked as it is read. */
export function journalReader(db: DatabaseSync, file: string) {
  const all = db.prepare("SELECT * FROM entries ORDER BY seq");
  const ofRun = db.prepare(
    `SELECT * FROM entries WHERE run = ?1
     AND seq >= (SELECT first FROM runs WHERE run = ?1) ORDER BY seq`,
  );
  const one = db.prepare("SELECT * FROM entries WHERE seq = ?");
  const runRows = db.prepare(
    "SELECT run, started, finished FROM runs WHERE started IS NOT NULL ORDER BY started",
  );
  const liveRows = db.prepare("SELECT step, seq, sighting FROM live ORDER BY step, seq");

  const entryOf = (row: Row): Entry => {
    const { seq, run, at, body } = row;
    if (checksum(seq, run, at, body) !== row.sum) {
      corrupt(file, `record ${seq} does not match its checksum`);
    }
    return { seq, run, at, ...(JSON.parse(body) as EntryBody) };
  };

  /** The entry that a pointer names, which must be of the type it is said to be. */
  const pointed = <T extends Entry["type"]>(seq: number, type: T): Extract<Entry, { type: T }> => {
    const row = one.get(seq) as Row | undefined;
    const entry = row && entryOf(row);
    if (entry?.type !== type) corrupt(file, `record ${seq} should be there as "${type}"`);
    return entry as Extract<Entry, { type: T }>;
  };

  return {
    entries(run?: RunId): readonly Entry[] {
      if (run !== undefined) return (ofRun.all(run) as unknown as Row[]).map(entryOf);
      const entries = (all.all() as unknown as Row[]).map(entryOf);
      entries.forEach(({ seq }, index) => {
        if (seq !== index + 1) corrupt(file, `record ${index + 1} is missing`);
      });
      return entries;
    },

    runs(): readonly RunRecord[] {
      const rows = runRows.all() as { run: RunId; started: number; finished: number | null }[];
      return rows.map(({ run, started, finished }) => {
        const start: StartEntry = pointed(started, "run-started");
        const finish: FinishEntry | undefined =
          finished === null ? undefined : pointed(finished, "run-finished");
        if (start.run !== run) corrupt(file, `record ${started} should belong to run ${run}`);
        return runRecord(start, finish);
      });
    },

    receipts(): ReadonlyMap<StepId, Receipt> {
      const rows = liveRows.all() as { step: StepId; seq: number; sighting: number }[];
      const stacks = new Map<StepId, { newest: number; known: number }>();
      for (const { step, seq, sighting } of rows) {
        const known = sighting === 1 ? (stacks.get(step)?.known ?? seq) : seq;
        stacks.set(step, { newest: seq, known });
      }
      const receipts = new Map<StepId, Receipt>();
      for (const [step, { newest, known }] of stacks) {
        const entry: DoneEntry = pointed(newest, "done");
        if (entry.step !== step) corrupt(file, `record ${newest} should be of step ${step}`);
        receipts.set(step, receipt(entry, known === newest ? entry : pointed(known, "done")));
      }
      return receipts;
    },
  };
}
