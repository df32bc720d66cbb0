import { existsSync } from "node:fs";
import { join } from "node:path";
import { openSqlite } from "../sqlite.ts";

/** Of so many of the newest entries: a long past is not read through for a handful of names. */
const looked = 5_000;

/**
 * The newest runs' ids, the newest first, without opening the journal as a whole: for completion,
 * which must be quick. Nothing is written, and nothing is waited for.
 */
export function runNames(folder: string, most: number): string[] {
  const file = join(folder, "state.db");
  if (!existsSync(file)) return [];
  const db = openSqlite(file, { readOnly: true, timeout: 0 });
  try {
    const rows = db
      .prepare(
        `SELECT run FROM entries WHERE seq > (SELECT max(seq) FROM entries) - ${looked}
         GROUP BY run ORDER BY max(seq) DESC LIMIT ?`,
      )
      .all(most);
    return rows.map(({ run }) => String(run));
  } finally {
    db.close();
  }
}
