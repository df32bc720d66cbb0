import type { BreakerState } from "./events.ts";
import { isObject, type Json } from "./json.ts";
import type { BreakerSettings } from "./sequence.ts";

/**
 * What is known of one service's breaker: plain data, so that it can outlive the process. Times
 * are ms since the epoch. All functions here are pure.
 */
export interface Breaker {
  readonly state: BreakerState;
  /** Since when it has this state. */
  readonly since: number;
  /** open: when one call is let through. half-open: when that call is given up. forced: when it ends. */
  readonly until?: number;
  /** Why it has this state; empty for one that was never anything but closed. */
  readonly why: string;
  /** Failures in a row, and when the last of them was. */
  readonly failures: number;
  readonly failedAt: number;
  /** What attempts came to, by tenths of the window, oldest first. */
  readonly recent: readonly Slot[];
}

/** From when on, how many went well, how many failed. */
export type Slot = readonly [from: number, good: number, bad: number];

export const closedBreaker: Breaker = {
  ...{ state: "closed", since: 0, why: "" },
  ...{ failures: 0, failedAt: 0, recent: [] },
};

const slots = 10;

/** How a breaker is by now: one that was forced for a time goes back to closed by itself. */
export function settled(breaker: Breaker, now: number): Breaker {
  const { state, until } = breaker;
  const forced = state === "forced-open" || state === "forced-closed";
  if (!forced || until === undefined || until > now) return breaker;
  return { ...closedBreaker, since: until, why: "the time for which it was held is over" };
}

export type Permit =
  | { readonly go: true; readonly breaker: Breaker; readonly probe: boolean }
  /** `waitMs`: when to ask again; left out: nobody knows. */
  | { readonly go: false; readonly waitMs?: number };

/** How soon to ask again while another call is the probe, in ms. */
const probingMs = 1_000;

/**
 * Whether a call may go. Of those that ask when an open one's time is over exactly one may: the
 * probe, which the others wait for; one that has not come back within `probeMs` is given up.
 */
export function permit(given: Breaker, now: number, probeMs: number): Permit {
  const breaker = settled(given, now);
  const { state, until } = breaker;
  if (state === "closed" || state === "forced-closed") return { go: true, breaker, probe: false };
  const left = until === undefined ? undefined : until - now;
  if (state === "forced-open") {
    return { go: false, ...(left !== undefined && { waitMs: left }) };
  }
  if (left !== undefined && left > 0) {
    return { go: false, waitMs: state === "half-open" ? Math.min(left, probingMs) : left };
  }
  const probing: Breaker = {
    ...{ ...breaker, state: "half-open", since: now, until: now + probeMs },
    why: "one call is let through to see",
  };
  return { go: true, breaker: probing, probe: true };
}

/** An attempt that went well. A probe closes it; in an open one late ones change nothing. */
export function succeeded(
  breaker: Breaker,
  now: number,
  settings: BreakerSettings,
  probe = false,
): Breaker {
  if (probe && breaker.state === "half-open") {
    return { ...closedBreaker, since: now, why: "the probe went well" };
  }
  if (breaker.state !== "closed") return breaker;
  const one: Slot = [slotOf(now, settings), 1, 0];
  return { ...breaker, failures: 0, recent: added(breaker.recent, now, settings, [one]) };
}

/** Counts attempts of before; they end no row of failures, of which some may be younger. */
export function recalled(
  breaker: Breaker,
  now: number,
  settings: BreakerSettings,
  attempts: readonly Slot[],
): Breaker {
  if (breaker.state !== "closed" || attempts.length === 0) return breaker;
  return { ...breaker, recent: added(breaker.recent, now, settings, attempts) };
}

/**
 * An attempt that failed.
 *
 * @param retryAfterMs what the service asked for: it stays open that long at least
 */
export function failed(
  given: Breaker,
  now: number,
  settings: BreakerSettings,
  about: { readonly why: string; readonly probe?: boolean; readonly retryAfterMs?: number },
): Breaker {
  const openMs = Math.max(settings.openMs, about.retryAfterMs ?? 0);
  const breaker = settled(given, now);
  const opened = (why: string): Breaker => ({
    ...{ ...breaker, state: "open", since: now, until: now + openMs, why },
    ...{ failures: breaker.failures + 1, failedAt: now, recent: [] },
  });
  if (breaker.state === "half-open" && about.probe) return opened(`the probe failed: ${about.why}`);
  if (breaker.state === "open" && about.retryAfterMs !== undefined) {
    return { ...breaker, until: Math.max(breaker.until ?? 0, now + about.retryAfterMs) };
  }
  if (breaker.state !== "closed") return breaker;

  // A row that was long ago says nothing of today.
  const old = now - breaker.failedAt > slots * settings.windowMs;
  const failures = old ? 1 : breaker.failures + 1;
  const recent = added(breaker.recent, now, settings, [[slotOf(now, settings), 0, 1]]);
  const next: Breaker = { ...breaker, failures, failedAt: now, recent };
  if (!settings.enabled) return next;
  if (failures >= settings.consecutive)
    return opened(`${failures} failures in a row: ${about.why}`);
  const good = recent.reduce((sum, [, count]) => sum + count, 0);
  const bad = recent.reduce((sum, [, , count]) => sum + count, 0);
  if (good + bad < settings.minimum || bad / (good + bad) < settings.ratio) return next;
  const within = `${settings.windowMs / 1000} s`;
  return opened(`${bad} of ${good + bad} attempts failed within ${within}: ${about.why}`);
}

/** The probe ended without showing anything: the next call is one. */
export function unproved(breaker: Breaker, now: number): Breaker {
  if (breaker.state !== "half-open") return breaker;
  return { ...breaker, state: "open", since: now, until: now, why: "the probe was not sent" };
}

export function forced(
  state: "forced-open" | "forced-closed",
  now: number,
  why: string,
  until?: number,
): Breaker {
  return { ...closedBreaker, state, since: now, why, ...(until !== undefined && { until }) };
}

/** Where the tenth of the window begins that a time lies in. */
export function slotOf(at: number, { windowMs }: BreakerSettings): number {
  const width = Math.max(1, windowMs / slots);
  return Math.floor(at / width) * width;
}

function added(
  recent: readonly Slot[],
  now: number,
  { windowMs }: BreakerSettings,
  more: readonly Slot[],
): readonly Slot[] {
  const sums = new Map<number, Slot>();
  for (const [from, good, bad] of [...recent, ...more]) {
    // A clock that was set back leaves none behind that are still to come.
    if (from <= now - windowMs || from > now) continue;
    const [, moreGood, moreBad] = sums.get(from) ?? [from, 0, 0];
    sums.set(from, [from, moreGood + good, moreBad + bad]);
  }
  return [...sums.values()].sort(([a], [b]) => a - b);
}

const states: ReadonlySet<unknown> = new Set<BreakerState>([
  ...(["closed", "open", "half-open", "forced-open", "forced-closed"] as const),
]);

/**
 * What was kept, if it can be made sense of.
 *
 * @param address whose breaker is asked for: what was seen at another one says nothing of this
 */
export function breakerOf(kept: Json | undefined, address?: string): Breaker {
  if (!isObject(kept) || !states.has(kept.state)) return closedBreaker;
  const byHand = kept.state === "forced-open" || kept.state === "forced-closed";
  if (address !== undefined && !byHand && kept.address !== address) return closedBreaker;
  const { state, since, until, why, failures, failedAt, recent } = kept;
  const number = (value: unknown): number => (Number.isFinite(value) ? (value as number) : 0);
  return {
    ...{ state: state as BreakerState, since: number(since), why: String(why ?? "") },
    ...(Number.isFinite(until) && { until: until as number }),
    ...{ failures: number(failures), failedAt: number(failedAt) },
    recent: Array.isArray(recent) ? (recent as unknown as Slot[]) : [],
  };
}

export function keptBreaker(breaker: Breaker, address: string): Json {
  return { ...breaker, address } as unknown as Json;
}
