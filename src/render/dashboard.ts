import type { Dashboard, IntegrationPanel, Running } from "../core/dashboard.ts";
import type { DeferredItem } from "../core/results.ts";
import {
  breakerText,
  callsText,
  healthLook,
  hoursLine,
  limitsText,
  pauseTexts,
} from "./dashboard/panel.ts";
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
    for (const item of deferred) {
      lines.push(...hanging("  ", waitingLine(item, at), terminal.width));
    }
    lines.push("");
  }
  if (runs.length > 0) lines.push(paint.strong("Runs"));
  return [...lines, ...historyLines(runs, terminal, at)];
}

/** A write that was put off. */
export function waitingLine(item: DeferredItem, at: number): string {
  const { step, title, state, since, failure } = item;
  return oneLine(`${step} ${title}: ${state} for ${duration(at - since)} (${failure.code})`);
}

export function runningLines(running: Running, at: number, terminal: Terminal): string[] {
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
  const { integration, health, breaker } = panel;
  const { color } = healthLook(health.state, paint, terminal);
  const since = health.since === undefined ? "" : ` for ${duration(at - health.since)}`;
  const roomy = terminal.width >= 60;
  const asked =
    health.checkedAt === undefined || !roomy ? "" : `, asked ${ago(at - health.checkedAt)}`;
  const rows: string[][] = [];
  if (breaker.state !== "closed") rows.push(["  breaker", breakerText(panel, at)]);
  for (const text of pauseTexts(panel, at)) rows.push(["  limit", text]);
  const used = limitsText(panel, at);
  if (used !== undefined) rows.push(["  limits", used]);
  const calls = callsText(panel);
  if (calls !== undefined) {
    rows.push(["  24 h", calls], ["  p95", hoursLine(panel, ({ p95 }) => p95, terminal)]);
  }
  const name = pad(oneLine(integration), 12);
  return [
    `${paint.strong(name)} ${color(health.state)}${since}${asked}`,
    ...table(rows, terminal.width, symbolsFor(terminal).ellipsis, 1),
  ];
}
