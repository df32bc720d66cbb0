import { closeSync, existsSync, linkSync, openSync, renameSync, unlinkSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { openSqlite } from "../sqlite.ts";
import { tighten } from "./folder.ts";
import { sync } from "./sync.ts";

/**
 * Makes a database (mode 0600) elsewhere and gives it its name when it is complete and on the
 * disk: whoever finds the file finds it whole. Where several make it at once, one file stays.
 */
export function createDatabase(file: string, fill: (draft: string) => void): void {
  const draft = `${file}.new-${crypto.randomUUID()}`;
  try {
    closeSync(openSync(draft, "wx", 0o600));
    tighten(draft, 0o600);
    fill(draft);
    sync(draft);
    place(draft, file);
    sync(dirname(file));
  } finally {
    for (const end of ["", "-journal", "-wal", "-shm"]) discard(`${draft}${end}`);
  }
}

/** Removes what is of no use any more; where it cannot be removed it does no harm. */
export function discard(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It is not there, or it stays.
  }
}

/**
 * For a draft: opens it, does the work, closes it. SQLite waits for no disk meanwhile, a dozen times
 * for a new journal: the whole draft is written to it before it gets its name.
 */
export function withDatabase(draft: string, work: (db: DatabaseSync) => void): void {
  const db = openSqlite(draft);
  try {
    db.exec("PRAGMA synchronous = OFF");
    work(db);
  } finally {
    db.close();
  }
}

function place(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch (error) {
    // Somebody was faster: theirs counts.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    // A file system without hard links.
    if (!existsSync(file)) renameSync(draft, file);
  }
}
