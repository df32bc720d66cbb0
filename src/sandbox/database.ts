import { chmodSync, closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { failure, TestxError } from "../core/failure.ts";
import { isObject } from "../core/json.ts";
import { holderFile, readHolder } from "./holder.ts";

const format = 1;
const busy = 5;
const notADatabase = 26;
const damaged = 11;

/**
 * Opens a state file for this process alone. The file is made with mode 0600, its folder with 0700.
 * @throws TestxError SANDBOX_STATE_LOCKED, SANDBOX_STATE_UNREADABLE, SANDBOX_STATE_UNWRITABLE
 */
export function openDatabase(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    makeFolder(dirname(file));
    // SQLite gives the files it makes beside it the same mode.
    closeSync(openSync(file, "a", 0o600));
    chmodSync(file, 0o600);
    db = new DatabaseSync(file, { timeout: 0 });
    // Exclusive locking before WAL: no other process can open it, and there is no -shm file.
    db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF");
    db.exec("PRAGMA journal_mode = WAL; BEGIN EXCLUSIVE");
    const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    if (version > format) throw unreadable(file, "it was written by a newer testx");
    if (version === 0) {
      db.exec(`
        CREATE TABLE service (id TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE log (seq INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL) STRICT;
        PRAGMA user_version = ${format};`);
    }
    db.exec("COMMIT");
    rmSync(holderFile(file), { force: true });
    return db;
  } catch (error) {
    db?.close();
    throw stateError(file, error);
  }
}

/** One at a time: Node's own way never ends where a folder that is there takes none, as /proc. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Somebody was faster.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/** The failure behind an error of the state file; one that already has a code stays as it is. */
export function stateError(file: string, error: unknown): TestxError {
  if (error instanceof TestxError) return error;
  const code = isObject(error) ? Number(error.errcode) & 0xff : 0;
  if (code === busy) return locked(file);
  if (code === notADatabase || code === damaged) return unreadable(file, text(error), error);
  return new TestxError(
    failure(
      "SANDBOX_STATE_UNWRITABLE",
      `The sandbox's state cannot be kept in ${file}: ${text(error)}`,
    ),
    { cause: error },
  );
}

export function unreadable(file: string, why: string, cause?: unknown): TestxError {
  return new TestxError(
    failure("SANDBOX_STATE_UNREADABLE", `The sandbox's state in ${file} cannot be read: ${why}`),
    { cause },
  );
}

function locked(file: string): TestxError {
  const holder = readHolder(file);
  const who = holder === undefined ? "another process" : `the sandbox at ${holder.url}`;
  return new TestxError(
    failure("SANDBOX_STATE_LOCKED", `The sandbox's state in ${file} is in use by ${who}.`, {
      details: { file, ...holder },
    }),
  );
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
