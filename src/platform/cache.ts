import { join, resolve } from "node:path";
import type { Keyv } from "keyv";
import { answerPrefix } from "../core/answer.ts";
import { namedFile } from "../core/cache-url.ts";
import { type Failure, failure, TestxError } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import type { BrowsableCache } from "../core/ports.ts";
import { MemoryStore } from "./cache/memory-store.ts";
import { RedisStore } from "./cache/redis-store.ts";
import { SqliteStore } from "./cache/sqlite-store.ts";
import type { CacheStore, Limits } from "./cache/store.ts";

export interface CacheOptions {
  /** The state folder; `cache.db` is made in it when the cache is first used. */
  readonly folder: string;
  /**
   * `sqlite:FILE` (beginning at the state folder), `redis://…`, `rediss://…` or `memory:`. Left
   * out: SQLite, in the state folder.
   */
  readonly url?: string | undefined;
  /** Tells apart what shares a Redis. Asked when one is first used. */
  readonly namespace?: (() => string) | undefined;
  /** False: a store that cannot be used is not replaced by memory. */
  readonly fallback?: boolean | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** As people are shown it; left out: where it is. */
  readonly place?: string | undefined;
  /** Hears of CACHE_DISCARDED and CACHE_IN_MEMORY. Losing the cache fails nothing. */
  readonly onProblem: (failure: Failure) => void;
}

export interface OpenCache extends BrowsableCache {
  /** Where it is kept, as people are shown it. */
  readonly place: string;
  /**
   * Makes sure that it can be used, where nothing may stand in for it.
   * @throws TestxError CACHE_UNAVAILABLE
   */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** As much as a large setup reads many times over. */
const defaultLimits: Limits = { entries: 2_000, bytes: 32_000_000, evicts: answerPrefix };

/**
 * The cache: keyv on SQLite, Redis or memory. Nothing is loaded, opened or connected before it is
 * used. A damaged file in the state folder is thrown away and made anew; one that `url` names
 * never is. A store that cannot be used is replaced by memory, for as long as this process lasts.
 * @throws TestxError CACHE_UNAVAILABLE from any use, with `fallback: false`
 */
export function createCache(options: CacheOptions): OpenCache {
  const { fallback = true, onProblem } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const { store, place: where } = storeFor(options, limits);
  const { place = where } = options;
  let first: Promise<Keyv> | undefined;
  let inMemory: Promise<Keyv> | undefined;
  let closed = false;

  const use = async <T>(work: (keyv: Keyv) => Promise<T>): Promise<T> => {
    // Opened once more it would never be closed.
    if (closed) throw new Error("the cache is closed");
    if (inMemory !== undefined) return work(await inMemory);
    try {
      first ??= keyvOn(store);
      return await work(await first);
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
      if (!fallback) {
        const message = `${place} cannot be used (${reason}).`;
        throw new TestxError(failure("CACHE_UNAVAILABLE", message), { cause: error });
      }
      if (inMemory === undefined) {
        inMemory = keyvOn(new MemoryStore(limits));
        await store.disconnect().catch(() => {});
        onProblem(failure("CACHE_IN_MEMORY", `${place} cannot be used (${reason}).`));
      }
      return work(await inMemory);
    }
  };

  return {
    place,
    get: (key) => use((keyv) => keyv.get<Json>(key)),
    set: (key, value, ttlMs) =>
      use(async (keyv) => {
        // keyv takes a ttl of 0 to mean for ever.
        if (ttlMs > 0) await keyv.set(key, value, ttlMs);
        else await keyv.delete(key);
      }),
    setMany: (values, ttlMs) =>
      use(async (keyv) => {
        if (values.size === 0) return;
        await keyv.setMany([...values].map(([key, value]) => ({ key, value, ttl: ttlMs })));
      }),
    delete: (keys) =>
      use(async (keyv) => {
        for (const key of keys) await keyv.delete(key);
      }),
    entries: (prefix) =>
      use(async (keyv) => {
        const found: [string, Json][] = [];
        for await (const [key, value] of keyv.iterator()) {
          if (String(key).startsWith(prefix)) found.push([String(key), value as Json]);
        }
        return found;
      }),
    check: () => use(async (keyv) => void (await keyv.get("check"))),
    async close() {
      closed = true;
      await store.disconnect().catch(() => {});
    },
  };
}

function storeFor(
  options: CacheOptions,
  limits: Limits,
): { readonly store: CacheStore; readonly place: string } {
  const { folder, url, namespace = () => "testx", onProblem } = options;
  if (url === "memory:") return { store: new MemoryStore(limits), place: "memory" };
  if (url !== undefined && /^rediss?:/i.test(url)) {
    return { store: new RedisStore(url, namespace), place: withoutSecrets(url) };
  }
  const named = namedFile(url);
  const file = named === undefined ? join(folder, "cache.db") : resolve(folder, named);
  const discarded = (reason: string): void =>
    onProblem(failure("CACHE_DISCARDED", `${file} was damaged (${reason}).`));
  return {
    // What somebody has named may be another program's.
    store: new SqliteStore(file, limits, named === undefined ? discarded : undefined),
    place: file,
  };
}

/** Who logs in there, and with what, is nobody's business. */
function withoutSecrets(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/**
 * No listener for `error` may be added: while there is none keyv throws what its store throws;
 * with one, a broken store would look like a miss.
 */
async function keyvOn(store: CacheStore): Promise<Keyv> {
  const { Keyv } = await import("keyv");
  return new Keyv({ store });
}
