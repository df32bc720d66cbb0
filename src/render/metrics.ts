import type { MetricsReport, Performance } from "../core/metrics-report.ts";
import { type Paint, paintFor, type Terminal, typed } from "./terminal.ts";
import { count, duration, hanging, oneLine, pad, timestamp, width } from "./text.ts";

interface Column {
  readonly head: string;
  cell(figures: Performance): string;
  /** Shown only where it says something. */
  when?(figures: Performance): boolean;
}

const columns: readonly Column[] = [
  { head: "calls", cell: ({ calls }) => String(calls) },
  { head: "ok", cell: ({ successRate }) => share(successRate) },
  { head: "p50", cell: ({ p50 }) => time(p50) },
  { head: "p95", cell: ({ p95 }) => time(p95) },
  { head: "p99", cell: ({ p99 }) => time(p99) },
  { head: "slow", cell: ({ slow }) => String(slow), when: ({ slow }) => slow > 0 },
  { head: "retries", cell: ({ retries }) => String(retries), when: ({ retries }) => retries > 0 },
  {
    head: "held",
    cell: ({ rateLimit }) => (rateLimit.waits === 0 ? "0" : duration(rateLimit.waitedMs)),
    when: ({ rateLimit }) => rateLimit.waits > 0,
  },
  {
    head: "cached",
    cell: ({ cache }) => share(cache.hitRate),
    when: ({ cache }) => cache.hitRate !== undefined,
  },
  { head: "refused", cell: ({ refused }) => String(refused), when: ({ refused }) => refused > 0 },
];

/** A table of integrations and their operations; columns that say nothing are left out. */
export function metricsLines(report: MetricsReport, terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  const { integrations } = report;
  if (integrations.length === 0) {
    const setup = typed("testx integrations setup", terminal);
    const text = `No call has been made since ${timestamp(report.from)}. Run ${setup}.`;
    return hanging("", text, terminal.width);
  }
  const all = integrations.flatMap((one) => [one, ...one.operations]);
  const telling = columns.filter(({ when }) => !when || integrations.some(when));
  const shown = fitting(telling, all, terminal.width);
  const rows = integrations.flatMap((one): Row[] => [
    { name: oneLine(one.integration), cells: shown.map(({ cell }) => cell(one)), head: true },
    ...one.operations.map((operation) => ({
      name: `  ${oneLine(operation.operation)}`,
      cells: shown.map(({ cell }) => cell(operation)),
    })),
  ]);
  const many = integrations.reduce((sum, { calls }) => sum + calls, 0);
  const heads = shown.map(({ head }) => head);
  return [
    ...tableLines({ name: "", cells: heads }, rows, terminal, paint),
    "",
    ...hanging("", `${count(many, "call")} since ${timestamp(report.from)}.`, terminal.width),
  ];
}

/** What gives way where there is no room, the least telling first. */
const dispensable = ["p99", "slow", "held", "cached", "p50", "retries"];
const roomForNames = 16;

function fitting(all: readonly Column[], figures: readonly Performance[], room: number): Column[] {
  const shown = [...all];
  const taken = (): number =>
    shown.reduce((sum, column) => sum + columnWidth(column, figures) + 2, roomForNames);
  for (const name of dispensable) {
    if (taken() <= room) break;
    const at = shown.findIndex(({ head }) => head === name);
    if (at >= 0) shown.splice(at, 1);
  }
  return shown;
}

function columnWidth({ head, cell }: Column, figures: readonly Performance[]): number {
  return Math.max(width(head), ...figures.map((one) => width(cell(one))));
}

interface Row {
  readonly name: string;
  readonly cells: readonly string[];
  readonly head?: boolean;
}

/** A name that is too long for its column gets a line of its own. */
function tableLines(head: Row, rows: readonly Row[], terminal: Terminal, paint: Paint): string[] {
  const widths = head.cells.map((title, at) =>
    Math.max(width(title), ...rows.map(({ cells }) => width(cells[at] ?? ""))),
  );
  const taken = widths.reduce((sum, columns) => sum + columns + 2, 0);
  const longest = Math.max(...rows.map(({ name }) => width(name)));
  const room = Math.max(12, Math.min(longest, terminal.width - taken));
  const figures = ({ cells }: Row): string =>
    cells.map((cell, at) => `  ${" ".repeat((widths[at] ?? 0) - width(cell))}${cell}`).join("");
  const lines = [paint.faint(pad(head.name, room) + figures(head))];
  for (const row of rows) {
    const name = row.head ? paint.strong(row.name) : row.name;
    if (width(row.name) > room) lines.push(name, " ".repeat(room) + figures(row));
    else lines.push(pad(name, room) + figures(row));
  }
  return lines;
}

/** Never 100 % where something failed. */
function share(value: number | undefined): string {
  if (value === undefined) return "-";
  const percent = value === 1 ? 100 : Math.min(99.9, Math.floor(value * 1000) / 10);
  return `${percent}%`;
}

function time(ms: number | undefined): string {
  return ms === undefined ? "-" : duration(ms);
}
