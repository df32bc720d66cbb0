import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { fail } from "../../core/failure.ts";
import { openSqlite, openToRead } from "../sqlite.ts";
import { corrupt, throwStoreFailure } from "./failures.ts";
import { ensureStateFolder, tighten } from "./folder.ts";
import { createDatabase, withDatabase } from "./place.ts";
import { applicationId, migrations, tables } from "./schema.ts";
import { sync } from "./sync.ts";

/**
 * Opens the journal's database, brought to the newest form. Every commit that returns is on the
 * disk (WAL, synchronous FULL).
 *
 * @throws TestxError JOURNAL_CORRUPT, STATE_TOO_NEW, STATE_READ_ONLY, STATE_DISK_FULL,
 * STATE_IO, STATE_BUSY
 */
export function openJournalFile(file: string, busyMs: number): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    // It was put in place whole: an empty one is damage, never a fresh start.
    if (statSync(file).size === 0) corrupt(file, "it is empty");
    for (const path of [file, `${file}-wal`, `${file}-shm`]) {
      if (existsSync(path)) tighten(path, 0o600);
    }
    db = openSqlite(file, { timeout: busyMs });
    if (pragma(db, "application_id") !== applicationId) {
      corrupt(file, "it is not a journal of testx");
    }
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;");
    db.exec("PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;");
    migrate(db, file);
    checkPages(db, file);
    return db;
  } catch (error) {
    db?.close();
    throwStoreFailure(error, file);
  }
}

/**
 * Opens it as it is, to read from.
 *
 * @throws TestxError as above
 */
export function lookIntoJournalFile(file: string, busyMs: number): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = openToRead(file, busyMs);
    if (pragma(db, "application_id") !== applicationId) {
      corrupt(file, "it is not a journal of testx");
    }
    const form = pragma(db, "user_version");
    if (form > migrations.length) tooNew(file, form);
    if (form < migrations.length) {
      fail("STATE_IO", `${file} has form ${form}: it can be read when a setup has renewed it.`);
    }
    checkPages(db, file);
    return db;
  } catch (error) {
    db?.close();
    throwStoreFailure(error, file);
  }
}

/** @throws TestxError as above */
export function createJournalFile(file: string): void {
  ensureStateFolder(dirname(file));
  try {
    if (existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0) {
      corrupt(file, "the file itself is missing, while its log `-wal` is there");
    }
    createDatabase(file, (draft) => {
      withDatabase(draft, (db) => {
        db.exec(`PRAGMA journal_mode = WAL; PRAGMA application_id = ${applicationId}`);
        migrate(db, draft);
        // Closing does this too, but tells nobody when it fails; and the log is not placed.
        db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      });
    });
    // The folder may be one that a killed run has made and not synced.
    sync(dirname(dirname(file)));
  } catch (error) {
    throwStoreFailure(error, file);
  }
}

/**
 * Looks whether the file's structure is whole (a millisecond a megabyte): checksums of records
 * say nothing of records that cannot be reached any more.
 */
function checkPages(db: DatabaseSync, file: string): void {
  const found = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (found !== "ok") corrupt(file, String(found).split("\n").at(-1) ?? "");
  const names = db.prepare("SELECT name AS name FROM sqlite_schema WHERE type = 'table'").all();
  const absent = tables.find((table) => !names.some(({ name }) => name === table));
  if (absent !== undefined) corrupt(file, `its table "${absent}" is missing`);
}

function migrate(db: DatabaseSync, file: string): void {
  if (pragma(db, "user_version") === migrations.length) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    // Asked again: somebody else may have migrated it meanwhile.
    const from = pragma(db, "user_version");
    if (from > migrations.length) tooNew(file, from);
    for (const step of migrations.slice(from)) db.exec(step);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function tooNew(file: string, form: number): never {
  const message = `${file} has form ${form}; this testx knows forms up to ${migrations.length}.`;
  return fail("STATE_TOO_NEW", message, { details: { file } });
}

function pragma(db: DatabaseSync, name: "application_id" | "user_version"): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
