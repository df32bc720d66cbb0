import { join } from "node:path";
import type { Keyv } from "keyv";
import { type Failure, failure } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import type { Cache } from "../core/ports.ts";
import { SqliteStore } from "./cache/sqlite-store.ts";

export interface CacheOptions {
  /** The state folder; `cache.db` is made in it when the cache is first used. */
  readonly folder: string;
  /** Hears of CACHE_DISCARDED and CACHE_IN_MEMORY. Losing the cache fails nothing. */
  readonly onProblem: (failure: Failure) => void;
}

export interface OpenCache extends Cache {
  close(): Promise<void>;
}

/**
 * The cache: keyv on SQLite. Nothing is loaded or opened before it is used. A damaged file is
 * thrown away and made anew; where there can be none, memory takes its place.
 */
export function createCache({ folder, onProblem }: CacheOptions): OpenCache {
  const file = join(folder, "cache.db");
  const store = new SqliteStore(file, (reason) =>
    onProblem(failure("CACHE_DISCARDED", `${file} was damaged (${reason}).`)),
  );
  let onDisk: Promise<Keyv> | undefined;
  let inMemory: Promise<Keyv> | undefined;

  const use = async <T>(work: (keyv: Keyv) => Promise<T>): Promise<T> => {
    if (inMemory !== undefined) return work(await inMemory);
    try {
      onDisk ??= keyvOn(store);
      return await work(await onDisk);
    } catch (error) {
      if (inMemory === undefined) {
        inMemory = keyvOn(new Map());
        store.close();
        const reason = error instanceof Error ? error.message : String(error);
        onProblem(failure("CACHE_IN_MEMORY", `${file} cannot be used (${reason}).`));
      }
      return work(await inMemory);
    }
  };

  return {
    get: (key) => use((keyv) => keyv.get<Json>(key)),
    set: (key, value, ttlMs) =>
      use(async (keyv) => {
        // keyv takes a ttl of 0 to mean for ever.
        if (ttlMs > 0) await keyv.set(key, value, ttlMs);
        else await keyv.delete(key);
      }),
    async close() {
      store.close();
    },
  };
}

/**
 * No listener for `error` may be added: while there is none keyv throws what its store throws;
 * with one, a broken store would look like a miss.
 */
async function keyvOn(store: SqliteStore | Map<unknown, unknown>): Promise<Keyv> {
  const { Keyv } = await import("keyv");
  return new Keyv({ store });
}
