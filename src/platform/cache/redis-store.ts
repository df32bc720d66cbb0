import type KeyvRedis from "@keyv/redis";
import type { KeyvStorageEntry } from "keyv";
import type { CacheStore } from "./store.ts";

/** Within this time a server must have answered, in ms: connecting, or anything that is asked. */
const patienceMs = 2_000;

/**
 * A keyv store in a Redis (or Valkey) of its own choosing, connected at first use. Nothing is tried
 * again here: whoever holds the cache knows what to do instead.
 */
export class RedisStore implements CacheStore {
  readonly capabilities = { expires: true } as const;
  readonly #url: string;
  readonly #namespace: () => string;
  #adapter: Promise<KeyvRedis<string>> | undefined;

  /** @param namespace tells this state folder's entries from those of others in the same database */
  constructor(url: string, namespace: () => string) {
    this.#url = url;
    this.#namespace = namespace;
  }

  get<T>(key: string): Promise<T | undefined> {
    return this.#use((redis) => redis.get(key)) as Promise<T | undefined>;
  }

  set(key: string, value: unknown, expires?: number): Promise<boolean> {
    return this.#use((redis) => redis.set(key, String(value), expires));
  }

  async setMany(entries: readonly KeyvStorageEntry[]): Promise<boolean[]> {
    const texts = entries.map((entry) => ({ ...entry, value: String(entry.value) }));
    return (await this.#use((redis) => redis.setMany(texts))) ?? [];
  }

  delete(key: string): Promise<boolean> {
    return this.#use((redis) => redis.delete(key));
  }

  clear(): Promise<void> {
    return this.#use((redis) => redis.clear());
  }

  async *iterator(): AsyncGenerator<[string, string]> {
    const all = await this.#use(async (redis) => {
      const found: [string, string][] = [];
      for await (const [key, value] of redis.iterator()) {
        if (value !== undefined) found.push([key, value]);
      }
      return found;
    });
    yield* all;
  }

  async disconnect(): Promise<void> {
    const adapter = this.#adapter;
    this.#adapter = undefined;
    if (adapter === undefined) return;
    const { client } = await adapter;
    // One that never got through has nothing to close.
    if (client.isOpen) await within(client.close()).catch(() => client.destroy());
  }

  async #use<T>(work: (redis: KeyvRedis<string>) => Promise<T>): Promise<T> {
    this.#adapter ??= this.#connect();
    const adapter = await this.#adapter;
    return within(work(adapter));
  }

  async #connect(): Promise<KeyvRedis<string>> {
    const { default: Adapter, createClient } = await import("@keyv/redis");
    const client = createClient({
      url: this.#url,
      disableOfflineQueue: true,
      socket: { connectTimeout: patienceMs, reconnectStrategy: false },
    });
    // What the client says when nobody asks is told to the next one who does.
    client.on("error", () => {});
    const options = { namespace: this.#namespace(), throwOnErrors: true };
    const adapter = new Adapter<string>(client as never, options);
    try {
      await within(client.connect());
    } catch (error) {
      client.destroy();
      throw error;
    }
    return adapter;
  }
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${patienceMs / 1000} s`);
    timer = setTimeout(reject, patienceMs, error);
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
