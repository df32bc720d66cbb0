import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Entry, EntryBody, RunId } from "../../core/journal.ts";
import { type Operation, operationsOf } from "../../core/ledger.ts";
import { type LooseEnd, leaves } from "../../core/loose-ends.ts";
import { once } from "../../core/once.ts";
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

/** A pointer and the entry that it names, if that is there. */
type JoinedRow = { readonly pointer: number; readonly op?: string } & (
  | Row
  | { readonly [K in keyof Row]: null }
);

interface LiveRow {
  readonly step: StepId;
  readonly seq: number;
  readonly op: string | null;
  readonly sighting: number;
  readonly sum: number;
}

/** Named one by one: a damaged schema may spell them otherwise (SQLite ignores case). */
const columns = "e.seq AS seq, e.run AS run, e.at AS at, e.body AS body, e.sum AS sum";

/** Reads a journal's tables; each entry is checked as it is read. */
export function journalReader(db: DatabaseSync, file: string) {
  // A command needs a few of them.
  const prepared = (sql: string) => once(() => db.prepare(sql));
  const all = prepared(`SELECT ${columns} FROM entries e ORDER BY seq`);
  const ofRun = prepared(`SELECT ${columns} FROM entries e WHERE run = ? ORDER BY seq`);
  const one = prepared(`SELECT ${columns} FROM entries e WHERE seq = ?`);
  const marks = prepared(
    `SELECT m.seq AS pointer, ${columns} FROM marks m
     LEFT JOIN entries e ON e.seq = m.seq ORDER BY m.seq`,
  );
  const undoable = prepared(
    `SELECT w.seq AS pointer, w.op AS op, ${columns} FROM writes w
     LEFT JOIN entries e ON e.seq = w.seq ORDER BY w.seq`,
  );
  const open = prepared(
    `SELECT w.seq AS pointer, w.op AS op, ${columns} FROM writes w
     LEFT JOIN entries e ON e.seq = w.seq
     WHERE w.op IN (
       SELECT op FROM writes GROUP BY op
       HAVING count(*) FILTER (WHERE done) = 0 OR count(*) FILTER (WHERE NOT done) > 1
     )
     ORDER BY w.seq`,
  );
  const sightings = prepared("SELECT step AS step, seq AS seq FROM sightings");
  const looseEnds = prepared(
    `SELECT l.seq AS pointer, l.name AS op, ${columns} FROM loose_ends l
     LEFT JOIN entries e ON e.seq = l.seq ORDER BY l.seq`,
  );
  const liveRows = prepared(
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
  const typed = <T extends Entry["type"]>(pointer: number, row: Row | undefined, ...types: T[]) => {
    const entry = row && entryOf(row);
    const fits = types.some((type) => type === entry?.type);
    if (!fits) corrupt(file, `record ${pointer} should be there as "${types.join('" or "')}"`);
    return entry as Extract<Entry, { type: T }>;
  };
  const done = (seq: number) => typed(seq, one().get(seq) as Row | undefined, "done");
  const joined = (statement: StatementSync) => statement.all() as unknown as JoinedRow[];
  const found = (row: JoinedRow): Row | undefined => (row.seq === null ? undefined : (row as Row));

  const seenByStep = () => {
    const entries = new Map<number, Extract<Entry, { type: "seen" }>>();
    const byStep = new Map<StepId, Extract<Entry, { type: "seen" }>>();
    for (const { step, seq } of sightings().all() as { step: StepId; seq: number }[]) {
      const entry = entries.get(seq) ?? typed(seq, one().get(seq) as Row | undefined, "seen");
      if (!entry.steps.includes(step)) corrupt(file, `record ${seq} does not speak of ${step}`);
      entries.set(seq, entry);
      byStep.set(step, entry);
    }
    return byStep;
  };

  return {
    entries(run?: RunId): readonly Entry[] {
      if (run !== undefined) return (ofRun().all(run) as unknown as Row[]).map(entryOf);
      const entries = (all().all() as unknown as Row[]).map(entryOf);
      entries.forEach(({ seq }, index) => {
        if (seq !== index + 1) corrupt(file, `record ${index + 1} is missing`);
      });
      return entries;
    },

    operations(which: "undoable" | "open"): readonly Operation[] {
      const rows = joined(which === "open" ? open() : undoable());
      const entries = rows.map((row) => {
        const entry = typed(
          row.pointer,
          found(row),
          "intent",
          "done",
          "undo-intent",
          "undo-failed",
        );
        if (entry.op !== row.op) corrupt(file, `record ${row.pointer} is of another write`);
        return entry;
      });
      return operationsOf(entries, which);
    },

    looseEnds(): readonly LooseEnd[] {
      return joined(looseEnds()).map((row) => {
        const entry = typed(row.pointer, found(row), "doubted", "conflict", "deferred");
        if (leaves(entry) !== row.op) corrupt(file, `record ${row.pointer} is no such loose end`);
        return entry;
      });
    },

    runs(): readonly RunRecord[] {
      return runsOf(
        joined(marks()).map((row) => typed(row.pointer, found(row), "run-started", "run-finished")),
      );
    },

    receipts(): ReadonlyMap<StepId, Receipt> {
      const stacks = new Map<StepId, { newest: number; known: number }>();
      for (const { step, seq, op, sighting, sum } of liveRows().all() as unknown as LiveRow[]) {
        if (checksum(step, seq, op, sighting) !== sum) {
          corrupt(file, `the pointer to record ${seq} does not match its checksum`);
        }
        const known = sighting === 1 ? (stacks.get(step)?.known ?? seq) : seq;
        stacks.set(step, { newest: seq, known });
      }
      const receipts = new Map<StepId, Receipt>();
      const seen = seenByStep();
      for (const [step, { newest, known }] of stacks) {
        const entry = done(newest);
        const origin = known === newest ? entry : done(known);
        receipts.set(step, receipt(entry, origin, seen.get(step)));
      }
      return receipts;
    },
  };
}
