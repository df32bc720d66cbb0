import type { Dashboard, IntegrationPanel } from "../../core/dashboard.ts";
import { waitingLine } from "../dashboard.ts";
import { type Paint, paintFor, symbolsFor, type Terminal } from "../terminal.ts";
import { ago, duration, hanging, oneLine, table } from "../text.ts";
import { fitted } from "./fit.ts";
import {
  askedText,
  breakerText,
  callsText,
  healthLook,
  hoursLine,
  limitsText,
  pauseTexts,
} from "./panel.ts";
import { at as indexOf, type View } from "./view.ts";

/** What is to be said of the chosen integration below the list: only what is worth a line. */
export function chosenLines(panel: IntegrationPanel, at: number, terminal: Terminal): string[] {
  const rows = factsOf(panel, at).filter(([, , always]) => always);
  return [headOf(panel, at, terminal), ...rowsOf(rows, terminal)];
}

/** Everything that is known of the chosen integration, on so many rows. */
export function detailLines(
  { integrations, deferred, at }: Dashboard,
  view: View,
  terminal: Terminal,
  rows: number,
): string[] {
  const ids = integrations.map(({ integration }) => integration);
  const panel = integrations[indexOf(view, ids)];
  if (panel === undefined) return ["There is no integration."];
  const paint = paintFor(terminal);
  const waiting = deferred
    .filter(({ integration }) => integration === panel.integration)
    .flatMap((item) => hanging("  ", waitingLine(item, at), terminal.width));
  return fitted(
    [
      { lines: [headOf(panel, at, terminal)], least: 1 },
      { lines: rowsOf(factsOf(panel, at), terminal), least: 8 },
      { lines: hourLines(panel, terminal, paint), least: 6 },
      {
        lines: waiting.length === 0 ? [] : [paint.strong("Waiting for it"), ...waiting],
        least: 3,
      },
    ],
    rows,
  );
}

function headOf(panel: IntegrationPanel, at: number, terminal: Terminal): string {
  const paint = paintFor(terminal);
  const { health, integration } = panel;
  const { color, sign } = healthLook(health.state, paint, terminal);
  const since = health.since === undefined ? "" : ` for ${duration(at - health.since)}`;
  return `${paint.strong(oneLine(integration))}  ${color(`${sign} ${health.state}`)}${since}`;
}

type Fact = readonly [name: string, text: string, always: boolean];

function factsOf(panel: IntegrationPanel, at: number): Fact[] {
  const { health, breaker } = panel;
  const error = health.lastError;
  const isIll = health.state === "degraded" || health.state === "down";
  const used = limitsText(panel, at);
  const calls = callsText(panel);
  return [
    ["asked", askedText(panel, at), true],
    ...(error === undefined
      ? []
      : ([["error", `${error.code}, ${ago(at - error.at)}`, isIll]] as const)),
    ["breaker", breakerText(panel, at), breaker.state !== "closed"],
    ...pauseTexts(panel, at).map((text): Fact => ["limit", text, true]),
    ["limits", used ?? "none is in use", used !== undefined],
    ["24 h", calls ?? "no call", calls !== undefined],
  ];
}

function rowsOf(facts: readonly Fact[], terminal: Terminal): string[] {
  const { ellipsis } = symbolsFor(terminal);
  return table(
    facts.map(([name, text]) => [`  ${name}`, text]),
    terminal.width,
    ellipsis,
    1,
  );
}

/** The last 24 hours, one sign each. */
function hourLines(panel: IntegrationPanel, terminal: Terminal, paint: Paint): string[] {
  const { hours } = panel;
  if (panel.calls === undefined || hours.length === 0) return [];
  const line = (name: string, of: Parameters<typeof hoursLine>[1], most: string): string[] => [
    `  ${name}`,
    hoursLine(panel, of, terminal),
    most,
  ];
  const highest = (values: readonly (number | undefined)[]): number =>
    Math.max(0, ...values.map((value) => value ?? 0));
  const slowest = (of: "p50" | "p95") => duration(highest(hours.map((hour) => hour[of])));
  const some = (many: number) => (many === 0 ? undefined : many);
  const { ellipsis } = symbolsFor(terminal);
  return [
    paint.strong("The last 24 hours, and the most in one"),
    ...table(
      [
        line("p50", ({ p50 }) => p50, slowest("p50")),
        line("p95", ({ p95 }) => p95, slowest("p95")),
        line("calls", ({ calls }) => some(calls), String(highest(hours.map((it) => it.calls)))),
        line("failed", ({ failed }) => some(failed), String(highest(hours.map((it) => it.failed)))),
      ],
      terminal.width,
      ellipsis,
    ),
  ];
}
