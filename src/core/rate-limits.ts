import { isObject, type Json } from "./json.ts";
import type { ProviderLimit } from "./provider.ts";
import type { RateLimit } from "./sequence.ts";
import type { Bucket } from "./token-bucket.ts";

/**
 * The limits that hold for an integration: the provider's, with the numbers of the configured ones
 * of the same id; other configured ones count every request.
 */
export function limitsOf(
  own: readonly ProviderLimit[] = [],
  configured: readonly RateLimit[] = [],
): readonly ProviderLimit[] {
  const known = new Set(own.map(({ id }) => id));
  return [
    ...own.map((limit) => {
      const given = configured.findLast(({ id }) => id === limit.id);
      if (given === undefined) return limit;
      // A burst of the provider's need not fit to other numbers.
      const { burst: _, ...rest } = limit;
      return { ...rest, ...given };
    }),
    ...configured.filter(({ id }) => !known.has(id)),
  ];
}

/** Of those that hold, what somebody has asked for: stand-ins on this machine have no limits themselves. */
export function configuredLimits(
  own: readonly ProviderLimit[] = [],
  configured: readonly RateLimit[] = [],
): readonly ProviderLimit[] {
  const asked = new Set(configured.map(({ id }) => id));
  return limitsOf(own, configured).filter(({ id }) => asked.has(id));
}

/** What the processes on a state folder know together of the limits of one integration. */
export interface LimitState {
  readonly buckets: Record<string, Bucket>;
  /** Until when the service wants to be left alone, and why; by bucket, `*` for all calls. */
  readonly pauses: Record<string, readonly [until: number, why: string]>;
}

/** The longest pause that is believed, in ms: a clock that was wrong must not block for ever. */
const longestMs = 24 * 3_600_000;

/** What was kept, as far as it can be made sense of; a copy that may be changed. */
export function limitStateOf(kept: Json | undefined, now: number): LimitState {
  const state: LimitState = { buckets: {}, pauses: {} };
  if (!isObject(kept)) return state;
  for (const [key, value] of entries(kept.buckets)) {
    const [level, at, emptyAt] = value;
    if (!isNumber(level) || !isNumber(at) || !isNumber(emptyAt) || emptyAt <= now) continue;
    state.buckets[key] = [level, at, emptyAt];
  }
  for (const [key, value] of entries(kept.pauses)) {
    const [until, why] = value;
    if (!isNumber(until) || until <= now || until > now + longestMs) continue;
    state.pauses[key] = [until, String(why)];
  }
  return state;
}

function entries(value: unknown): [string, unknown[]][] {
  if (!isObject(value)) return [];
  return Object.entries(value).filter((one): one is [string, unknown[]] => Array.isArray(one[1]));
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** `100 requests in 60 s` */
export function limitText({ id, requests, perMs }: RateLimit): string {
  const what = id === "requests" ? "requests" : `requests (${id})`;
  const time = perMs % 3_600_000 === 0 ? `${perMs / 3_600_000} h` : `${perMs / 1000} s`;
  return `${requests} ${what} in ${time}`;
}
