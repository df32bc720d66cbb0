import type { Random } from "./ports.ts";
import type { Backoff, RetryPolicy } from "./sequence.ts";

type Waits = Pick<RetryPolicy, "baseDelayMs" | "maxDelayMs" | "strategy">;

/** The wait before jitter and bounds; `previousMs` is the wait before it, or the base. */
const grow: Readonly<
  Record<Backoff, (base: number, attempt: number, previousMs: number, random: Random) => number>
> = {
  fixed: (base) => base,
  linear: (base, attempt) => base * attempt,
  exponential: (base, attempt) => base * 2 ** (attempt - 1),
  // The bound is on what jitter is taken of: see below.
  "full-jitter": (base, attempt) => base * 2 ** (attempt - 1),
  "decorrelated-jitter": (base, _, previousMs, random) =>
    base + random() * Math.max(0, previousMs * 3 - base),
};

/**
 * How long to wait after attempt number `attempt` (from 1) has failed, in whole ms, between 0 and
 * `maxDelayMs`. `previousMs`: the wait before that attempt; `undefined` for the first.
 *
 * - fixed: base. linear: base × attempt. exponential: base × 2^(attempt − 1)
 * - full-jitter: anything up to what exponential gives
 * - decorrelated-jitter: anything from base to three times the wait before
 *
 * Jitter keeps clients that failed together from coming back together:
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(
  { strategy = "full-jitter", baseDelayMs, maxDelayMs }: Waits,
  attempt: number,
  previousMs: number | undefined,
  random: Random,
): number {
  const wanted = grow[strategy](baseDelayMs, attempt, previousMs ?? baseDelayMs, random);
  const bounded = Math.min(maxDelayMs, wanted);
  return Math.round(strategy === "full-jitter" ? random() * bounded : bounded);
}
