/** How an operation's calls went; durations in ms, left out where nothing was sent. */
export interface Performance {
  /** Requests on the wire, retries included. */
  readonly calls: number;
  readonly applied: number;
  readonly declined: number;
  readonly failed: number;
  /** The share of the calls that the service answered as it should, from 0 to 1. */
  readonly successRate?: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  /** Calls of more than 5 s. */
  readonly slow: number;
  readonly retries: number;
  readonly rateLimit: { readonly waits: number; readonly waitedMs: number };
  readonly cache: {
    /** Answered without asking, and asked whether an earlier answer still holds, which it did. */
    readonly hits: number;
    readonly stale: number;
    readonly revalidated: number;
    readonly misses: number;
    /** The share of what was looked for that was found, from 0 to 1. */
    readonly hitRate?: number;
  };
  /** Not sent: breaker open, queue full, offline. */
  readonly refused: number;
}

/** All calls to one integration, and each of its operations. */
export interface IntegrationMetrics extends Performance {
  readonly integration: string;
  readonly operations: readonly (Performance & { readonly operation: string })[];
}

/** How the calls went, by integration. */
export interface MetricsReport {
  /** What it covers, in ms since the epoch: from the beginning of an hour or, long ago, a day. */
  readonly from: number;
  readonly to: number;
  /** By name, and their operations with the most calls first. */
  readonly integrations: readonly IntegrationMetrics[];
}
