import type { CacheCounts } from "./answer.ts";

/** What the cache holds and has been good for; sizes in characters, nearly bytes. */
export interface CacheStats {
  /** The file, the address without its password, or `memory`. */
  readonly place: string;
  readonly entries: number;
  readonly size: number;
  /** Of the oldest and the newest answer, in ms; left out where there is none. */
  readonly oldestMs?: number;
  readonly newestMs?: number;
  readonly integrations: readonly CacheShare[];
}

export interface CacheShare extends CacheCounts {
  readonly integration: string;
  readonly entries: number;
  readonly size: number;
  /**
   * Calls that needed no whole new answer (hits, revalidated, stale) among all that were looked up,
   * from 0 to 1. Left out: none has been.
   */
  readonly hitRate?: number;
}

/** One answer that is kept. */
export interface CacheItem {
  readonly integration: string;
  readonly operation: string;
  readonly kind: string;
  readonly path: string;
  readonly size: number;
  readonly ageMs: number;
  /** It is young enough to count without asking, where that may be; in ms, 0 when no longer. */
  readonly freshMs: number;
  /** Until it is removed, in ms. */
  readonly leftMs: number;
  /** testx has written to the service since. */
  readonly outdated: boolean;
  /** The service can confirm it: it gave an ETag. */
  readonly confirmable: boolean;
}
