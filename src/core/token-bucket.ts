import type { RateLimit } from "./sequence.ts";

/**
 * A bucket that calls pour into and that drains at a steady rate: what fits may go at once. Times
 * are ms since the epoch, so that processes can share one.
 */
export interface BucketRule {
  /** How much may be in it. */
  readonly capacity: number;
  /** How much drains from it in a ms. */
  readonly rate: number;
  /** How long what was poured in may be kept before it is used, in ms. */
  readonly leaseMs: number;
}

/** How full it was, when, and when it will have drained. */
export type Bucket = readonly [level: number, at: number, emptyAt: number];

export function bucketOf(level: number, rule: BucketRule, now: number): Bucket {
  return [level, now, Math.ceil(now + level / rule.rate)];
}

/** What is lost in adding up fractions. */
const slack = 1e-9;

/**
 * Never lets more than `requests` be used in any window of `perMs`, its two ends included, and
 * never more than the burst at once. What drains in a window and a lease, together with what fits
 * in at its beginning, is less than `requests + 1`; costs are whole numbers.
 */
export function ruleOf({ requests, perMs, burst }: RateLimit, leaseMs = 0): BucketRule {
  const most = Math.max(1, Math.floor(requests));
  const atOnce = Math.min(most, Math.max(1, Math.floor(burst ?? most / 10)));
  const rate = (most - atOnce + 1) / (perMs + leaseMs + 1);
  // What was taken at different times may be used at one.
  const capacity = rate * leaseMs < 1 ? atOnce : atOnce - Math.ceil(rate * leaseMs);
  if (leaseMs > 0 && capacity < 1) return ruleOf({ id: "", requests, perMs, burst: atOnce }, 0);
  return { capacity, rate, leaseMs };
}

/** How full it is by now. A clock that was set back drains nothing, and fills nothing. */
export function levelOf(bucket: Bucket | undefined, rule: BucketRule, now: number): number {
  if (bucket === undefined) return 0;
  return Math.max(0, bucket[0] - rule.rate * Math.max(0, now - bucket[1]));
}

/**
 * How long until `cost` fits in, in ms; 0: it does now. What costs more than ever fits goes when
 * the bucket is empty.
 */
export function waitMs(level: number, cost: number, rule: BucketRule): number {
  const over = level + Math.min(cost, rule.capacity) - rule.capacity;
  return over <= slack ? 0 : Math.ceil(over / rule.rate);
}

/** How much of `units`, taken `agoMs` ago and not used, may be put back. */
export function returnable(units: number, agoMs: number, rule: BucketRule): number {
  return Math.max(0, units - rule.rate * Math.max(0, agoMs));
}
