import type { DatabaseSync } from "node:sqlite";
import type { Entry, EntryBody, RunId } from "../../core/journal.ts";
import { resultCode } from "../sqlite.ts";
import { checksum } from "./checksum.ts";
import { looseEndsKeeper } from "./loose-ends.ts";

export interface Append {
  readonly run: RunId;
  readonly at: number;
  /** One JSON text an entry. */
  readonly bodies: readonly string[];
}

/** Gives a function that writes a batch in one transaction: when it returns, all is on the disk. */
export function journalWriter(db: DatabaseSync) {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const newest = db.prepare("SELECT coalesce(max(seq), 0) AS seq FROM entries");
  const insert = db.prepare("INSERT INTO entries VALUES (?, ?, ?, ?, ?)");
  const pointers = pointerWriter(db);

  const write = ({ run, at, bodies }: Append, after: number): readonly Entry[] =>
    bodies.map((text, index) => {
      const seq = after + index + 1;
      insert.run(seq, run, at, text, checksum(seq, run, at, text));
      const entry: Entry = { seq, run, at, ...(JSON.parse(text) as EntryBody) };
      pointers(entry);
      return entry;
    });

  /** The last entry's number, as far as this connection knows. */
  let last: number | undefined;

  const writeBatch = (batch: readonly Append[]): readonly (readonly Entry[])[] => {
    begin.run();
    try {
      let seq = last ?? (newest.get() as { seq: number }).seq;
      const written = batch.map((append) => {
        const entries = write(append, seq);
        seq += entries.length;
        return entries;
      });
      commit.run();
      last = seq;
      return written;
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      const known = last;
      last = undefined;
      // Somebody else has appended since: the number was taken.
      if (known !== undefined && isConstraint(error)) return writeBatch(batch);
      throw error;
    }
  };
  return writeBatch;
}

function isConstraint(error: unknown): boolean {
  return resultCode(error) === 19;
}

/** Keeps the tables of what could still be undone. */
function writesKeeper(db: DatabaseSync): (entry: Entry) => void {
  const add = db.prepare("INSERT INTO writes VALUES (?, ?, ?)");
  const forget = db.prepare("DELETE FROM writes WHERE op = ?");

  return (entry) => {
    switch (entry.type) {
      case "intent":
      case "undo-intent":
      case "undo-failed":
        add.run(entry.op, entry.seq, 0);
        break;
      case "done":
        if (entry.op !== undefined) add.run(entry.op, entry.seq, 1);
        break;
      case "absent":
      case "undone":
        forget.run(entry.op);
        break;
    }
  };
}

/** Keeps the tables that point into the entries; `views.ts` says the same in words of entries. */
function pointerWriter(db: DatabaseSync): (entry: Entry) => void {
  const mark = db.prepare("INSERT INTO marks VALUES (?)");
  const forget = db.prepare("DELETE FROM live WHERE step = ?");
  const forgetSightings = db.prepare("DELETE FROM live WHERE step = ? AND sighting");
  const forgetFrom = db.prepare(
    `DELETE FROM live WHERE step = ?1
     AND seq >= (SELECT min(seq) FROM live WHERE step = ?1 AND op = ?2)`,
  );
  const addLive = db.prepare("INSERT INTO live VALUES (?, ?, ?, ?, ?)");
  const about = writesKeeper(db);
  const ends = looseEndsKeeper(db);
  const see = db.prepare("INSERT OR REPLACE INTO sightings VALUES (?, ?)");
  const unsee = db.prepare("DELETE FROM sightings WHERE step = ?");

  return (entry) => {
    about(entry);
    ends(entry);
    switch (entry.type) {
      case "run-started":
      case "run-finished":
        mark.run(entry.seq);
        break;
      case "done": {
        if (entry.origin === "created") forget.run(entry.step);
        const sighting = entry.origin === "unchanged";
        if (sighting) forgetSightings.run(entry.step);
        const row = [entry.step, entry.seq, entry.op ?? null, sighting ? 1 : 0] as const;
        addLive.run(...row, checksum(...row));
        unsee.run(entry.step);
        break;
      }
      case "seen":
        for (const step of entry.steps) see.run(step, entry.seq);
        break;
      case "undone":
        if (forgetFrom.run(entry.step, entry.op).changes > 0) unsee.run(entry.step);
        break;
    }
  };
}
