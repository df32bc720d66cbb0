import { createHmac, randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Failure, failure, TestxError } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import { memoryMemo } from "../core/memory-memo.ts";
import { once } from "../core/once.ts";
import type { Held, Memo } from "../core/ports.ts";
import { databaseDamage } from "../platform/probes/database.ts";

const databases = ["state.db", "gateway.db", "cache.db", "metrics.db"];

/** Where copies can be made, by preference. */
const places = () => [tmpdir(), "/tmp", "/var/tmp", "/dev/shm"];

/**
 * A folder with copies of a state folder's databases: opening one in place may bring it to a newer
 * form, correct its permissions or throw it away, and who only looks must change nothing. One that
 * cannot be read is left out. Where a run is at work, or where nothing can be copied, the folder
 * itself.
 */
export function onLoan(
  folder: string,
  holder: () => Held | undefined,
  closing: (() => void | Promise<void>)[],
): string {
  const files = databases
    .flatMap((name) => [name, `${name}-wal`])
    .filter((name) => readable(join(folder, name)));
  if (files.length === 0 && !databases.some((name) => existsSync(join(folder, name))))
    return folder;
  if (holder() !== undefined) return folder;
  try {
    return copied(new Map(files.map((name) => [name, join(folder, name)])), closing);
  } catch {
    return folder;
  }
}

function readable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** A folder with copies of files, by the names that they get. @throws what keeps from the last place */
function copied(
  files: ReadonlyMap<string, string>,
  closing: (() => void | Promise<void>)[],
): string {
  let reason: unknown;
  for (const place of new Set(places())) {
    let made: string | undefined;
    try {
      const copies = mkdtempSync(join(place, "testx-doctor-"));
      made = copies;
      for (const [name, file] of files) {
        copyFileSync(file, join(copies, name));
        // With the file's permissions it could be one that may not be written.
        chmodSync(join(copies, name), 0o600);
      }
      closing.push(() => rmSync(copies, { recursive: true, force: true }));
      return copies;
    } catch (error) {
      reason = error;
      if (made !== undefined) rmSync(made, { recursive: true, force: true });
    }
  }
  throw reason;
}

/**
 * A copy of the cache's file that a setting names: it may be anybody's, whatever is in the state
 * folder.
 * @throws TestxError CACHE_UNAVAILABLE where nobody could work with the file itself
 */
export function fileOnLoan(file: string, closing: (() => void | Promise<void>)[]): string {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    // SQLite keeps a log beside it.
    accessSync(dirname(file), constants.W_OK);
    const files = new Map([["cache.db", file]]);
    if (existsSync(`${file}-wal`)) files.set("cache.db-wal", `${file}-wal`);
    return join(copied(files, closing), "cache.db");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `${file} cannot be used (${reason}).`;
    throw new TestxError(failure("CACHE_UNAVAILABLE", message), { cause: error });
  }
}

/** As if it had been done in the state folder itself. */
export function inPlace<T>(copies: string, folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TestxError) || copies === folder) throw error;
    const text = JSON.stringify(error.failure).replaceAll(copies, folder);
    throw new TestxError(JSON.parse(text) as Failure, { cause: error });
  }
}

/**
 * The gateway's memory as it is, for who must not change it: what is written stays here. One
 * that is damaged counts as empty, since opening it would throw it away.
 */
export function memoOnLoan(folder: () => string, open: () => Memo): Memo {
  const changes = new Map<string, Json | undefined>();
  const kept = once((): Memo => {
    const file = join(folder(), "gateway.db");
    if (!existsSync(file) || databaseDamage(file) !== undefined) return memoryMemo();
    return open();
  });
  const get = (key: string): Json | undefined =>
    changes.has(key) ? changes.get(key) : kept().get(key);
  return {
    get,
    update: (key, change) => void changes.set(key, change(get(key))),
    all(prefix) {
      const found = new Map(kept().all(prefix));
      for (const [key, value] of changes) {
        if (!key.startsWith(prefix)) continue;
        if (value === undefined) found.delete(key);
        else found.set(key, value);
      }
      return found;
    },
  };
}

/** Fingerprints of secrets under the state folder's key; where there is none, it makes none. */
export function digestOnLoan(folder: string): (text: string) => string {
  const key = once(() => {
    try {
      const text = readFileSync(join(folder, "key"), "utf8").trim();
      if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, "hex");
    } catch {
      // There is none, or it is told by a check of its own.
    }
    return randomBytes(32);
  });
  return (text) => createHmac("sha256", key()).update(text, "utf8").digest("hex");
}
