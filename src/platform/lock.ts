import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { isObject } from "../core/json.ts";
import type { Clock, Held, Lock, LockHolder } from "../core/ports.ts";
import type { host } from "./host.ts";
import { isCorrupt, openSqlite, resultCode } from "./sqlite.ts";
import { throwStoreFailure } from "./store/failures.ts";
import { ensureStateFolder } from "./store/folder.ts";
import { createDatabase, discard, withDatabase } from "./store/place.ts";

const sqliteBusy = 5;

/** Who looks whether the lock is free has it for a fraction of one ms: that is waited out. */
const lookMs = 50;

/** Kept from the garbage collector: a connection that is collected gives up its lock. */
const held = new Set<DatabaseSync>();

/**
 * One run at a time on a state folder. The lock is a write transaction on `lock.db`, which only
 * one connection can have and which the operating system ends with its process, however that
 * dies. Nothing is ever written in it, so that taking it is one step that either works or does
 * not. Who holds it stands in `lock.json`, for people; it decides nothing.
 *
 * @throws TestxError STATE_READ_ONLY, STATE_DISK_FULL, STATE_IO
 */
export function stateLock(folder: string, self: typeof host, clock: Pick<Clock, "now">): Lock {
  const file = join(folder, "lock.db");
  const note = join(folder, "lock.json");
  return {
    acquire(command) {
      ensureStateFolder(folder);
      try {
        if (!existsSync(file)) createDatabase(file, fill);
        const db = tryLock(file, lookMs);
        if (!db) return { holder: readHolder(note, self) };
        try {
          const holder = { pid: self.pid, host: self.name, command, since: clock.now() };
          writeHolder(note, holder);
        } catch (error) {
          db.close();
          throw error;
        }
        held.add(db);
        return { release: () => unlock(db, note) };
      } catch (error) {
        throwStoreFailure(error, file);
      }
    },
  };
}

/**
 * Who holds the lock: `undefined` nobody, without a holder somebody who has left no note. The lock
 * itself is asked, since a note outlives who wrote it; where it cannot be, the note is believed.
 * Looking makes nothing and waits for nothing.
 */
export function lockHolder(folder: string, self: typeof host): Held | undefined {
  const file = join(folder, "lock.db");
  if (!existsSync(file)) return undefined;
  const holder = livingHolder(join(folder, "lock.json"), self);
  try {
    const db = openLock(file, 0);
    db?.close();
    return db ? undefined : { holder };
  } catch {
    return holder && { holder };
  }
}

/** With content, so that a transaction has nothing to write before it can begin. */
function fill(draft: string): void {
  withDatabase(draft, (db) => db.exec("PRAGMA user_version = 1"));
}

function tryLock(file: string, waitMs: number): DatabaseSync | undefined {
  try {
    return openLock(file, waitMs);
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    heal(file);
    return openLock(file, waitMs);
  }
}

/** `undefined`: somebody else has it. */
function openLock(file: string, waitMs: number): DatabaseSync | undefined {
  const db = openSqlite(file, { timeout: waitMs });
  try {
    db.exec("BEGIN IMMEDIATE");
    return db;
  } catch (error) {
    db.close();
    if (resultCode(error) === sqliteBusy) return undefined;
    throw error;
  }
}

/**
 * What the file held is nothing to anybody. It is written over in place: a lock that somebody has on
 * it stays, and several that do this at once write the same. Another file with its name would be
 * a second lock.
 */
function heal(file: string): void {
  const whole = `${file}.whole-${crypto.randomUUID()}`;
  let descriptor: number | undefined;
  try {
    createDatabase(whole, fill);
    const bytes = readFileSync(whole);
    descriptor = openSync(file, "r+");
    writeSync(descriptor, bytes, 0, bytes.length, 0);
    ftruncateSync(descriptor, bytes.length);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
    discard(whole);
  }
}

function unlock(db: DatabaseSync, note: string): void {
  if (!held.delete(db)) return;
  // The note first: without the lock it might already be somebody else's.
  discard(note);
  db.close();
}

function writeHolder(note: string, holder: LockHolder): void {
  const draft = `${note}.new`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  renameSync(draft, note);
}

/**
 * Who holds the lock. In the moment between taking the lock and writing the note, the note may
 * still be that of a holder that was killed: one that is not alive is waited out.
 */
function readHolder(note: string, self: typeof host): LockHolder | undefined {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const holder = livingHolder(note, self);
    if (holder) return holder;
    Atomics.wait(pause, 0, 0, 5);
  }
  return undefined;
}

/** Of another machine it is not known whether the holder is alive. */
function livingHolder(note: string, self: typeof host): LockHolder | undefined {
  const holder = parseHolder(note);
  return holder && (holder.host !== self.name || self.isAlive(holder.pid)) ? holder : undefined;
}

function parseHolder(note: string): LockHolder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(note, "utf8"));
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { pid, host: name, command, since } = value;
  return typeof pid === "number" &&
    typeof name === "string" &&
    typeof command === "string" &&
    typeof since === "number"
    ? { pid, host: name, command, since }
    : undefined;
}
