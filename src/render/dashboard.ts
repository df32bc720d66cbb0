import type { Dashboard, IntegrationPanel, Running } from "../core/dashboard.ts";
import { historyLines } from "./history.ts";
import { type Paint, paintFor, symbolsFor, type Terminal } from "./terminal.ts";
import { ago, count, cut, duration, hanging, oneLine, pad, table } from "./text.ts";
import { holderText } from "./words.ts";

/** Everything at one moment, as text. */
export function dashboardLines(board: Dashboard, terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  const { at, integrations, deferred, runs, running } = board;
  const lines =
    running === undefined ? ["Nothing is running."] : runningLines(running, at, terminal);
  lines.push("");
  for (const panel of integrations) lines.push(...panelLines(panel, at, terminal, paint), "");
  if (deferred.length > 0) {
    lines.push(paint.strong("Waiting for a service"));
    for (const { step, title, state, since, failure } of deferred) {
      const text = `${step} ${title}: ${state} for ${duration(at - since)} (${failure.code})`;
      lines.push(...hanging("  ", oneLine(text), terminal.width));
    }
    lines.push("");
  }
  if (runs.length > 0) lines.push(paint.strong("Runs"));
  return [...lines, ...historyLines(runs, terminal, at)];
}

function runningLines(running: Running, at: number, terminal: Terminal): string[] {
  const { run, steps, ended } = running;
  const about = run === undefined ? "" : `, run ${run}: ${count(ended, "write")} done`;
  const head = `Running: ${holderText(running.holder, at)}${about}`;
  return [
    ...hanging("", head, terminal.width),
    ...steps.map(({ step, title, since }) => {
      const text = oneLine(`  ${step} ${title} for ${duration(at - since)}`);
      return cut(text, terminal.width, symbolsFor(terminal).ellipsis);
    }),
  ];
}

function panelLines(
  panel: IntegrationPanel,
  at: number,
  terminal: Terminal,
  paint: Paint,
): string[] {
  const { integration, health, breaker, limits, calls } = panel;
  const color = {
    healthy: paint.good,
    degraded: paint.warn,
    down: paint.bad,
    unknown: paint.faint,
  };
  const since = health.since === undefined ? "" : ` for ${duration(at - health.since)}`;
  const roomy = terminal.width >= 60;
  const asked =
    health.checkedAt === undefined || !roomy ? "" : `, asked ${ago(at - health.checkedAt)}`;
  const rows: string[][] = [];
  if (breaker.state !== "closed") {
    const until = breaker.until === undefined ? "" : ` for ${duration(breaker.until - at)}`;
    rows.push(["  breaker", oneLine(`${breaker.state}${until}: ${breaker.why ?? ""}`)]);
  }
  for (const { limit, pausedUntil, why = "" } of limits) {
    if (pausedUntil === undefined) continue;
    const what = limit === "*" ? "all calls wait" : `${limit} waits`;
    rows.push(["  limit", oneLine(`${what} for ${duration(pausedUntil - at)}: ${why}`)]);
  }
  const used = limits.flatMap(({ fullAt }) => (fullAt === undefined ? [] : [fullAt]));
  if (used.length > 0) {
    const text = `${count(used.length, "limit")} in use, free in ${duration(Math.max(...used) - at)}`;
    rows.push(["  limits", text]);
  }
  if (calls !== undefined) {
    const { p50 = 0, p95 = 0, failed } = calls;
    const text = `${count(calls.calls, "call")}, ${failed} failed, p50 ${duration(p50)}, p95 ${duration(p95)}`;
    rows.push(["  24 h", text], ["  p95", sparkline(panel, terminal)]);
  }
  const name = pad(oneLine(integration), 12);
  return [
    `${paint.strong(name)} ${color[health.state](health.state)}${since}${asked}`,
    ...table(rows, terminal.width, symbolsFor(terminal).ellipsis, 1),
  ];
}

/** A sign for each hour, the higher the slower; a dot where nothing was called. */
export function sparkline({ hours }: IntegrationPanel, { unicode }: Terminal): string {
  const signs = unicode ? "▁▂▃▄▅▆▇█" : "_.-=+*#@";
  const slowest = Math.max(...hours.map(({ p95 = 0 }) => p95));
  return hours
    .map(({ p95 }) => {
      if (p95 === undefined) return unicode ? "·" : " ";
      const height = slowest === 0 ? 0 : Math.ceil((p95 / slowest) * signs.length) - 1;
      return signs[Math.max(0, height)];
    })
    .join("");
}
