import type { KeyvStorageEntry } from "keyv";
import type { CacheStore, Limits } from "./store.ts";

interface Kept {
  readonly text: string;
  readonly expires: number;
}

/** A keyv store in memory: what has not been used for longest goes when there is too much. */
export class MemoryStore implements CacheStore {
  readonly capabilities = { expires: true } as const;
  readonly #limits: Limits;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Kept>();
  /** Of those that may be evicted. */
  #count = 0;
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  async get<T>(key: string): Promise<T | undefined> {
    const kept = this.#entries.get(key);
    if (kept === undefined) return undefined;
    if (kept.expires <= Date.now()) {
      this.#remove(key);
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, kept);
    return kept.text as T;
  }

  async set(key: string, value: unknown, expires = Number.POSITIVE_INFINITY): Promise<boolean> {
    this.#remove(key);
    const text = String(value);
    this.#entries.set(key, { text, expires });
    this.#weigh(key, text, 1);
    this.#tidy();
    return true;
  }

  async setMany(entries: readonly KeyvStorageEntry[]): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value, expires }) => this.set(key, value, expires)));
  }

  async delete(key: string): Promise<boolean> {
    return this.#remove(key);
  }

  async clear(): Promise<void> {
    this.#entries.clear();
    this.#count = 0;
    this.#bytes = 0;
  }

  async *iterator(): AsyncGenerator<[string, string]> {
    const now = Date.now();
    for (const [key, { text, expires }] of [...this.#entries]) {
      if (expires > now) yield [key, text];
    }
  }

  async disconnect(): Promise<void> {}

  #tidy(): void {
    const { entries, bytes, evicts } = this.#limits;
    for (const key of this.#entries.keys()) {
      if (this.#count <= entries && this.#bytes <= bytes) return;
      if (key.startsWith(evicts)) this.#remove(key);
    }
  }

  #remove(key: string): boolean {
    const kept = this.#entries.get(key);
    if (kept === undefined) return false;
    this.#weigh(key, kept.text, -1);
    return this.#entries.delete(key);
  }

  #weigh(key: string, text: string, sign: 1 | -1): void {
    if (!key.startsWith(this.#limits.evicts)) return;
    this.#count += sign;
    this.#bytes += sign * text.length;
  }
}
