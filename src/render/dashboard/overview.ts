import type { Dashboard, IntegrationPanel } from "../../core/dashboard.ts";
import { runningLines, waitingLine } from "../dashboard.ts";
import { historyRows } from "../history.ts";
import { type Paint, paintFor, symbolsFor, type Terminal } from "../terminal.ts";
import { count, cut, duration, oneLine, pad, width } from "../text.ts";
import { chosenLines } from "./details.ts";
import { fitted, type Section } from "./fit.ts";
import { healthLook, hoursLine } from "./panel.ts";
import { at as indexOf, type View } from "./view.ts";

/** Everything at one moment on so many rows. `terminal.width` is that of the window. */
export function overviewLines(
  board: Dashboard,
  view: View,
  terminal: Terminal,
  rows: number,
): string[] {
  const paint = paintFor(terminal);
  const { at, integrations, deferred, runs, running } = board;
  const { ellipsis } = symbolsFor(terminal);
  const now = running === undefined ? ["Nothing is running."] : runningLines(running, at, terminal);
  const position = indexOf(
    view,
    integrations.map(({ integration }) => integration),
  );
  const list = integrationLines(integrations, position, at, terminal, paint);
  const chosen = integrations[position];
  const more = (left: number): string => paint.faint(`  ${ellipsis} and ${left} more`);
  const runLines = historyRows(runs, terminal, at);
  const waiting = deferred.map(
    (item) => `  ${cut(waitingLine(item, at), terminal.width - 2, ellipsis)}`,
  );
  const sections: Section[] = [
    { lines: now, least: 2, more },
    { lines: windowed(list, position + 1, Math.max(3, Math.ceil(rows / 2))), least: 99 },
    {
      lines: chosen === undefined ? [] : chosenLines(chosen, at, terminal),
      least: 4,
    },
    {
      lines: waiting.length === 0 ? [] : [paint.strong("Waiting for a service"), ...waiting],
      least: 3,
      more,
    },
    { lines: runLines.length === 0 ? [] : [paint.strong("Runs"), ...runLines], least: 3 },
  ];
  return fitted(sections, rows);
}

/** So many lines of it with the chosen one among them; the first one, the head, always. */
function windowed(lines: readonly string[], chosen: number, most: number): string[] {
  if (lines.length <= most) return [...lines];
  const [head = "", ...rest] = lines;
  const room = most - 1;
  const from = Math.min(Math.max(0, chosen - Math.ceil(room / 2)), rest.length - room);
  return [head, ...rest.slice(from, from + room)];
}

interface Column {
  readonly title: string;
  /** With its text and how it is painted. */
  cell(panel: IntegrationPanel): readonly [string, ((text: string) => string)?];
  /** Left out in narrower windows. */
  readonly from?: number;
}

const shortestName = 6;

/** The head, and a line for each. */
function integrationLines(
  panels: readonly IntegrationPanel[],
  chosen: number,
  at: number,
  terminal: Terminal,
  paint: Paint,
): string[] {
  if (panels.length === 0) return ["There is no integration."];
  const { ellipsis, detail } = symbolsFor(terminal);
  const columns = columnsFor(at, terminal, paint).filter(({ from = 0 }) => terminal.width >= from);
  const cells = panels.map((panel) => columns.map(({ cell }) => cell(panel)));
  const widths = columns.map(({ title }, index) =>
    Math.max(width(title), ...cells.map((row) => width(row[index]?.[0] ?? ""))),
  );
  const needed = (): number => widths.reduce((sum, one) => sum + one + 2, 0);
  while (widths.length > 2 && needed() - (widths[0] ?? 0) + shortestName > terminal.width) {
    widths.pop();
    columns.pop();
  }
  // The name gives way first.
  const over = needed() - terminal.width;
  if (over > 0) widths[0] = Math.max(shortestName, (widths[0] ?? 0) - over);
  const left = terminal.width - needed() - 2;
  const hours = left >= 8 ? Math.min(24, left) : 0;
  const head = columns
    .map(({ title }, index) => pad(cut(title, widths[index] ?? 0, ellipsis), widths[index] ?? 0))
    .join("  ");
  const tail = hours > 0 ? `  ${cut("by the hour", hours, ellipsis)}` : "";
  return [
    paint.faint(`  ${head}${tail}`.trimEnd()),
    ...panels.map((panel, row) => {
      const text = columns.map((_, index) => {
        const [given, color = (same: string) => same] = cells[row]?.[index] ?? [""];
        const room = widths[index] ?? 0;
        const shown = cut(given, room, ellipsis);
        return color(shown) + " ".repeat(Math.max(0, room - width(shown)));
      });
      const mark = row === chosen ? paint.strong(detail) : " ";
      const spark = hours > 0 ? `  ${hoursLine(panel, ({ p95 }) => p95, terminal, hours)}` : "";
      return `${mark} ${text.join("  ")}${spark}`;
    }),
  ];
}

function columnsFor(at: number, terminal: Terminal, paint: Paint): Column[] {
  return [
    { title: "integration", cell: ({ integration }) => [oneLine(integration), paint.strong] },
    {
      title: "health",
      cell: ({ health }) => {
        const { sign, color } = healthLook(health.state, paint, terminal);
        const since = health.since === undefined ? "" : ` ${duration(at - health.since)}`;
        return [`${sign} ${health.state}${since}`, color];
      },
    },
    {
      title: "breaker",
      cell: ({ breaker: { state, until } }) => {
        if (state === "closed") return [state, paint.faint];
        const left = until === undefined || until <= at ? "" : ` ${duration(until - at)}`;
        return [`${state}${left}`, paint.warn];
      },
    },
    {
      title: "limits",
      from: 76,
      cell: ({ limits }) => {
        const paused = limits.flatMap(({ pausedUntil }) => pausedUntil ?? []);
        if (paused.length > 0) return [`waits ${duration(Math.max(...paused) - at)}`, paint.warn];
        return limits.length > 0 ? [`${limits.length} in use`] : ["free", paint.faint];
      },
    },
    {
      title: "calls",
      from: 100,
      cell: ({ calls }) => [calls === undefined ? "" : String(calls.calls)],
    },
    {
      title: "failed",
      from: 100,
      cell: ({ calls }) => {
        if (calls === undefined) return [""];
        return calls.failed > 0 ? [String(calls.failed), paint.bad] : ["0"];
      },
    },
    {
      title: "p95",
      cell: ({ calls }) => [calls?.p95 === undefined ? "" : duration(calls.p95)],
    },
  ];
}

/** The title of the screen. */
export function titleLine(board: Dashboard, terminal: Terminal): string {
  const paint = paintFor(terminal);
  const ill = board.integrations.filter(({ health }) =>
    ["degraded", "down"].includes(health.state),
  );
  const time = `${new Date(board.at).toISOString().slice(11, 19)}Z`;
  const options = terminal.options ?? "";
  const about = ill.length === 0 ? "" : `: ${count(ill.length, "service is", "services are")} ill`;
  const { ellipsis } = symbolsFor(terminal);
  const left = cut(`testx dashboard${options}${about}`, terminal.width - time.length - 2, ellipsis);
  return `${paint.strong(left)}${" ".repeat(Math.max(1, terminal.width - width(left) - time.length))}${paint.faint(time)}`;
}
