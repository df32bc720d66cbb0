import type { KeyvStorageAdapter } from "keyv";

/**
 * What keyv is given: never anything that tells errors as events. keyv would pass them on as its
 * own, and one that comes while nobody waits for an answer would end the process.
 */
export interface CacheStore
  extends Pick<KeyvStorageAdapter, "get" | "set" | "setMany" | "delete" | "clear"> {
  readonly capabilities: { readonly expires: true };
  iterator(): AsyncGenerator<[string, string]>;
  disconnect(): Promise<void>;
}

/** How much is kept at most of what can be done without. */
export interface Limits {
  readonly entries: number;
  readonly bytes: number;
  /** What the keys of that begin with. */
  readonly evicts: string;
}
