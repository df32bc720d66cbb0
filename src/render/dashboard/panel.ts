import type { HourOf, IntegrationPanel } from "../../core/dashboard.ts";
import type { HealthState } from "../../core/health-record.ts";
import { untilText } from "../breakers.ts";
import { type Paint, symbolsFor, type Terminal } from "../terminal.ts";
import { ago, count, duration, oneLine } from "../text.ts";
import { sparkline } from "./sparkline.ts";

/** The colour of a state of health, and its sign for those who see none. */
export function healthLook(
  state: HealthState | "unknown",
  paint: Paint,
  terminal: Pick<Terminal, "unicode">,
): { readonly color: (text: string) => string; readonly sign: string } {
  const symbols = symbolsFor(terminal);
  return {
    healthy: { color: paint.good, sign: symbols.done },
    degraded: { color: paint.warn, sign: symbols.warning },
    down: { color: paint.bad, sign: symbols.failed },
    unknown: { color: paint.faint, sign: symbols.dash },
  }[state];
}

/** When and as whom it was asked, and how long that took. */
export function askedText({ health }: IntegrationPanel, at: number): string {
  if (health.checkedAt === undefined) return "never";
  const account = health.account === undefined ? "" : ` as ${health.account}`;
  const how = health.state === "down" ? "took" : "answered in";
  const took = health.latencyMs === undefined ? "" : `, ${how} ${duration(health.latencyMs)}`;
  return oneLine(`${ago(at - health.checkedAt)}${account}${took}`);
}

export function breakerText({ breaker }: IntegrationPanel, at: number): string {
  const { state, until, why } = breaker;
  const next = until === undefined ? [] : [untilText(state, until - at)];
  const about = [...next, ...(why === undefined ? [] : [why])].join("; ");
  return oneLine(about === "" ? state : `${state}: ${about}`);
}

/** What waits for a rate limit. */
export function pauseTexts({ limits }: IntegrationPanel, at: number): string[] {
  return limits.flatMap(({ limit, pausedUntil, why = "" }) => {
    if (pausedUntil === undefined) return [];
    const what = limit === "*" ? "all calls wait" : `${limit} waits`;
    return [oneLine(`${what} for ${duration(pausedUntil - at)}: ${why}`)];
  });
}

/** `undefined` where none is in use. */
export function limitsText({ limits }: IntegrationPanel, at: number): string | undefined {
  const used = limits.flatMap(({ fullAt }) => (fullAt === undefined ? [] : [fullAt]));
  if (used.length === 0) return undefined;
  return `${count(used.length, "limit")} in use, free in ${duration(Math.max(...used) - at)}`;
}

/** `undefined` where nothing was called. */
export function callsText({ calls }: IntegrationPanel): string | undefined {
  if (calls === undefined) return undefined;
  const { p50 = 0, p95 = 0, failed, retries, refused } = calls;
  const more = [
    ...(retries > 0 ? [count(retries, "retry", "retries")] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ];
  const sent = [count(calls.calls, "call"), `${failed} failed`, ...more].join(", ");
  return `${sent}, p50 ${duration(p50)}, p95 ${duration(p95)}`;
}

/** A sign for each hour, the higher the slower; a dot where nothing was called. */
export function hoursLine(
  { hours }: Pick<IntegrationPanel, "hours">,
  of: (hour: HourOf) => number | undefined,
  terminal: Pick<Terminal, "unicode">,
  most = hours.length,
): string {
  return sparkline(most > 0 ? hours.slice(-most).map(of) : [], terminal);
}
