import type { DatabaseSync } from "node:sqlite";
import type { Entry, EntryBody, RunId } from "../../core/journal.ts";
import type { Receipt, RunRecord } from "../../core/ports.ts";
import type { StepId } from "../../core/step.ts";
import { checksum } from "./checksum.ts";
import { corrupt } from "./failures.ts";
import { receipt, runsOf } from "./views.ts";

interface Row {
  readonly seq: number;
  readonly run: string;
  readonly at: number;
  readonly body: string;
  readonly sum: number;
}

interface LiveRow {
  readonly step: StepId;
  readonly seq: number;
  readonly op: string | null;
  readonly sighting: number;
  readonly sum: number;
}

/** Named one by one: a damaged schema may spell them otherwise (SQLite ignores case). */
const columns = "seq AS seq, run AS run, at AS at, body AS body, sum AS sum";

/** Reads a journal's tables; each entry is checked as it is read. */
export function journalReader(db: DatabaseSync, file: string) {
  const all = db.prepare(`SELECT ${columns} FROM entries ORDER BY seq`);
  const ofRun = db.prepare(`SELECT ${columns} FROM entries WHERE run = ? ORDER BY seq`);
  const one = db.prepare(`SELECT ${columns} FROM entries WHERE seq = ?`);
  const marks = db.prepare("SELECT seq AS seq FROM marks ORDER BY seq");
  const liveRows = db.prepare(
    `SELECT step AS step, seq AS seq, op AS op, sighting AS sighting, sum AS sum
     FROM live ORDER BY step, seq`,
  );

  const entryOf = (row: Row): Entry => {
    const { seq, run, at, body } = row;
    if (checksum(seq, run, at, body) !== row.sum) {
      corrupt(file, `record ${seq} does not match its checksum`);
    }
    return { seq, run, at, ...(JSON.parse(body) as EntryBody) };
  };

  /** The entry that a pointer names, which must be of a type that is pointed to. */
  const pointed = <T extends Entry["type"]>(seq: number, ...types: T[]) => {
    const row = one.get(seq) as Row | undefined;
    const entry = row && entryOf(row);
    const fits = types.some((type) => type === entry?.type);
    if (!fits) corrupt(file, `record ${seq} should be there as "${types.join('" or "')}"`);
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
      const rows = marks.all() as { seq: number }[];
      return runsOf(rows.map(({ seq }) => pointed(seq, "run-started", "run-finished")));
    },

    receipts(): ReadonlyMap<StepId, Receipt> {
      const stacks = new Map<StepId, { newest: number; known: number }>();
      for (const { step, seq, op, sighting, sum } of liveRows.all() as unknown as LiveRow[]) {
        if (checksum(step, seq, op, sighting) !== sum) {
          corrupt(file, `the pointer to record ${seq} does not match its checksum`);
        }
        const known = sighting === 1 ? (stacks.get(step)?.known ?? seq) : seq;
        stacks.set(step, { newest: seq, known });
      }
      const receipts = new Map<StepId, Receipt>();
      for (const [step, { newest, known }] of stacks) {
        const entry = pointed(newest, "done");
        receipts.set(step, receipt(entry, known === newest ? entry : pointed(known, "done")));
      }
      return receipts;
    },
  };
}
