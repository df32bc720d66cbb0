import type { Cost, Totals } from "../core/estimate.ts";
import type { PlanItem } from "../core/plan.ts";
import type { Terminal } from "./terminal.ts";
import { count, duration, hanging, listing, oneLine } from "./text.ts";

/** How many digits of a body's digest people compare. */
const shown = 12;

/** The writes of one planned step: method and path, and what is known of the body. */
export function callLines(item: PlanItem, terminal: Terminal): string[] {
  const { calls = [], unpredicted } = item;
  const lines = calls.flatMap(({ operation, method, path, digest, known, after }) => {
    const name = path === `/${operation}` ? operation : `${method} ${path}`;
    const later = after.length > 0 ? `known after ${listing(after)}` : "not the same twice";
    const body = !known ? ` (${later})` : digest === null ? "" : ` (${digest.slice(0, shown)})`;
    return hanging("      > ", plain(`${name}${body}`, terminal), terminal.width);
  });
  if (unpredicted === undefined) return lines;
  const what = calls.length > 0 ? "further calls not predicted" : "calls not predicted";
  return [
    ...lines,
    ...hanging("      > ", plain(`${what}: ${unpredicted}`, terminal), terminal.width),
  ];
}

/** How many calls, how long they take, what they cost and need. */
export function totalsLines(totals: Totals, terminal: Terminal, everything: boolean): string[] {
  const { calls, scopes, cost, estimateMs } = totals;
  const made = Object.entries(calls).filter(([, many]) => many > 0);
  const sum = made.reduce((all, [, many]) => all + many, 0);
  if (sum === 0) return [];
  const by = made.map(([integration, many]) => `${integration} ${many}`).join(", ");
  const time = estimateMs < 1000 ? "less than a second" : `about ${duration(estimateMs)}`;
  const lines = hanging("", `${count(sum, "write")} (${by}), ${time}.`, terminal.width);
  if (!everything) return lines;
  for (const [integration] of made) {
    const needed = scopes[integration] ?? [];
    if (needed.length > 0) {
      lines.push(...hanging(`${integration} needs: `, needed.join(", "), terminal.width));
    }
    const used = cost.filter((one) => one.integration === integration).map(costText);
    if (used.length > 0) {
      lines.push(...hanging(`${integration} uses: `, used.join(", "), terminal.width));
    }
  }
  return lines;
}

/** Placeholders in signs that every terminal has. */
function plain(text: string, { unicode }: Terminal): string {
  const line = oneLine(text);
  return unicode ? line : line.replaceAll("\u27e8", "<").replaceAll("\u27e9", ">");
}

function costText({ budget, used, limit, windowMs }: Cost): string {
  const window =
    windowMs === 60_000 ? "a minute" : windowMs === 3_600_000 ? "an hour" : duration(windowMs);
  return `${used} of ${limit} ${budget} ${window}`;
}
