import type { DatabaseSync } from "node:sqlite";
import type { Entry } from "../../core/journal.ts";
import { leaves, tiesUp } from "../../core/loose-ends.ts";

/** Keeps the table of loose ends; `core/loose-ends.ts` says what they are. */
export function looseEndsKeeper(db: DatabaseSync): (entry: Entry) => void {
  const forget = db.prepare("DELETE FROM loose_ends WHERE name = ?");
  const add = db.prepare("INSERT OR REPLACE INTO loose_ends VALUES (?, ?)");
  return (entry) => {
    const tied = tiesUp(entry);
    if (tied !== undefined) forget.run(tied);
    const left = leaves(entry);
    if (left !== undefined) add.run(left, entry.seq);
  };
}
