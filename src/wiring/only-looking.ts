import { createHmac, randomBytes } from "node:crypto";
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
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

/**
 * A folder with copies of a state folder's databases: opening one in place may bring it to a newer
 * form, correct its permissions or throw it away, and who only looks must change nothing. Where a
 * run is at work, which has done all that, or where nothing can be copied, the folder itself.
 */
export function onLoan(
  folder: string,
  holder: () => Held | undefined,
  closing: (() => void | Promise<void>)[],
): string {
  if (!databases.some((name) => existsSync(join(folder, name))) || holder() !== undefined) {
    return folder;
  }
  let copies: string | undefined;
  const remove = () => copies && rmSync(copies, { recursive: true, force: true });
  try {
    copies = mkdtempSync(join(tmpdir(), "testx-doctor-"));
    for (const name of databases.flatMap((name) => [name, `${name}-wal`])) {
      if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copies, name));
    }
    closing.push(() => void remove());
    return copies;
  } catch {
    remove();
    return folder;
  }
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
    const copies = mkdtempSync(join(tmpdir(), "testx-doctor-"));
    closing.push(() => rmSync(copies, { recursive: true, force: true }));
    const copy = join(copies, "cache.db");
    copyFileSync(file, copy);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    return copy;
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
