import type {
  BreakerSettings,
  Bulkhead,
  ResponseCacheSettings,
  RetryBudget,
  RetryPolicy,
} from "./sequence.ts";

/** What counts where no configuration says otherwise. */
export const defaultRetry: RetryPolicy = {
  maxAttempts: 3,
  baseDelayMs: 1_000,
  maxDelayMs: 30_000,
};

export const defaultRetryBudget: RetryBudget = { ratio: 0.1, free: 10 };

export const defaultBreaker: BreakerSettings = {
  enabled: true,
  consecutive: 5,
  ratio: 0.5,
  minimum: 5,
  windowMs: 30_000,
  openMs: 30_000,
};

export const defaultQueue: Bulkhead["queue"] = 1_000;

export const defaultResponseCache: ResponseCacheSettings = {
  enabled: true,
  ttlMs: {},
  revalidateMs: 60_000,
};
