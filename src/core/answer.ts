import { isObject, type Json } from "./json.ts";

/** What keys of kept answers begin with; then `integration:digest`. */
export const answerPrefix = "answer:";
/** Of the memo: what keys of the records of our own writes begin with; then the service's origin. */
export const writtenPrefix = "cache.written:";
/** Of the memo: what keys of counters begin with; then the integration. */
export const countsPrefix = "cache.counts:";

/**
 * A service's answer to a read. Of the request it holds neither headers nor body: only what
 * people are shown.
 */
export interface Answer {
  readonly format: 1;
  readonly integration: string;
  readonly operation: string;
  /** Of thing, as the provider's wire names it. */
  readonly kind: string;
  /** Of the address, without its query. */
  readonly path: string;
  /** Before it was asked, or last confirmed, in ms since the epoch: what it says is at least that new. */
  readonly askedAt: number;
  readonly ttlMs: number;
  readonly url: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** When testx last wrote to a service, in ms since the epoch: what was asked by then is outdated. */
export interface Written {
  /** Anything. */
  readonly any: number;
  /** Something that came out otherwise than expected: then not even lookups count any more. */
  readonly surprising: number;
}

/** How often calls were answered how. */
export interface CacheCounts {
  /** Answered without asking the service, while the answer was young. */
  readonly hits: number;
  /** Asked in full. */
  readonly misses: number;
  /** Asked, and the service said that nothing had changed. */
  readonly revalidated: number;
  /** Answered with something older, because no newer answer could be had or waited for. */
  readonly stale: number;
}

export const noCounts: CacheCounts = { hits: 0, misses: 0, revalidated: 0, stale: 0 };

/** A cache may hold anything, of other versions too: what is no answer is none. */
export function answerOf(value: Json | undefined): Answer | undefined {
  if (!isObject(value) || value.format !== 1 || !isObject(value.headers)) return undefined;
  const texts = [value.integration, value.operation, value.kind, value.path, value.url, value.body];
  const numbers = [value.askedAt, value.ttlMs, value.status];
  const whole =
    texts.every((text) => typeof text === "string") &&
    numbers.every((number) => Number.isFinite(number)) &&
    Object.values(value.headers).every((text) => typeof text === "string");
  return whole ? (value as unknown as Answer) : undefined;
}

export function writtenOf(value: Json | undefined): Written | undefined {
  if (!isObject(value)) return undefined;
  const { any, surprising } = value;
  return typeof any === "number" && typeof surprising === "number"
    ? { any, surprising }
    : undefined;
}

export function countsOf(value: Json | undefined): CacheCounts {
  if (!isObject(value)) return noCounts;
  const number = (name: keyof CacheCounts): number =>
    typeof value[name] === "number" ? value[name] : 0;
  return {
    hits: number("hits"),
    misses: number("misses"),
    revalidated: number("revalidated"),
    stale: number("stale"),
  };
}
