import { closeSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { isCorrupt, openSqlite, resultCode } from "./sqlite.ts";
import { ensureStateFolder, tighten } from "./store/folder.ts";

export interface Expendable {
  /** How long another process may hold the file, in ms. */
  readonly timeout: number;
  /** Makes the tables, where they are not there. */
  readonly schema: string;
  /** Left out: each commit takes the whole file for a moment, and there is no log beside it. */
  readonly wal?: boolean;
  /** Throws where the file must not be touched. */
  check?(db: DatabaseSync): void;
}

/**
 * Opens an SQLite file (mode 0600) that may be lost, and makes it with its folder where there is
 * none. Making it waits for no disk, which takes longer than a run's calls together: a machine
 * that crashes just then costs the file, and no more. With a log later commits survive that too.
 *
 * @throws what SQLite and the file system say
 */
export function openExpendable(file: string, options: Expendable): DatabaseSync {
  const { timeout, schema, wal = false, check } = options;
  ensureStateFolder(dirname(file));
  closeSync(openSync(file, "a", 0o600));
  const db = openSqlite(file, { timeout });
  try {
    check?.(db);
    // The log beside it is made with the mode of the file.
    tighten(file, 0o600);
    db.exec("PRAGMA synchronous = OFF");
    if (wal) db.exec("PRAGMA journal_mode = WAL; PRAGMA cell_size_check = ON");
    db.exec(schema);
    if (wal) db.exec("PRAGMA synchronous = NORMAL");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Of a database that is not open any more, with what lies beside it. */
export function removeDatabase(file: string): void {
  for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(`${file}${end}`, { force: true });
}

/** What SQLite's general error means here: a table of that name has other columns. */
const anotherForm = 1;

/** Of an error while the file is used. `also`: a further result code that tells of damage. */
export function isDamage(error: unknown, also?: number): boolean {
  if (error instanceof SyntaxError) return true;
  const code = resultCode(error);
  return isCorrupt(error) || code === anotherForm || (code !== undefined && code === also);
}
