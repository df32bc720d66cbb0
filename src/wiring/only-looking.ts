import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../core/json.ts";
import { memoryMemo } from "../core/memory-memo.ts";
import { once } from "../core/once.ts";
import type { Cache, Memo } from "../core/ports.ts";
import { databaseDamage } from "../platform/probes/database.ts";

/**
 * The gateway's memory as it is, for who must not change it: what is written stays here. One
 * that is damaged counts as empty, since opening it would throw it away.
 */
export function memoOnLoan(folder: string, open: () => Memo): Memo {
  const changes = new Map<string, Json | undefined>();
  const file = join(folder, "gateway.db");
  const kept = once((): Memo => {
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

/** Keeps what is put in for as long as the process lives, and begins empty. */
export function cacheOfOneCommand(): Cache {
  const kept = new Map<string, Json>();
  return {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, value),
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
