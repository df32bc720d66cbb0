import { existsSync } from "node:fs";
import { join } from "node:path";
import { openToRead } from "../sqlite.ts";

/** Of so many of the newest entries: a long past is not read through for a handful of names. */
const looked = 5_000;

/** The newest runs' ids, the newest first. */
export function runNames(folder: string, most: number): string[] {
  return namesIn(
    folder,
    `SELECT run AS name FROM entries WHERE seq > (SELECT max(seq) FROM entries) - ${looked}
     GROUP BY run ORDER BY max(seq) DESC LIMIT ?`,
    most,
  );
}

/** The writes that can still be undone, the newest first. */
export function pointNames(folder: string, most: number): string[] {
  return namesIn(
    folder,
    "SELECT op AS name FROM writes GROUP BY op HAVING max(done) = 1 ORDER BY min(seq) DESC LIMIT ?",
    most,
  );
}

/**
 * Without opening the journal as a whole: for completion, which must be quick. Nothing is written,
 * and nothing is waited for.
 */
function namesIn(folder: string, query: string, most: number): string[] {
  const file = join(folder, "state.db");
  if (!existsSync(file)) return [];
  const db = openToRead(file, 0);
  try {
    const rows = db.prepare(query).all(most);
    return rows.map(({ name }) => String(name));
  } finally {
    db.close();
  }
}
