import type { HealthItem } from "../core/results.ts";
import { paintFor, symbolsFor, type Terminal } from "./terminal.ts";
import { ago, duration, hanging, oneLine, table } from "./text.ts";

/** A line for each integration, and why where it is not healthy. */
export function healthLines(
  items: readonly HealthItem[],
  terminal: Terminal,
  now: number,
): string[] {
  if (items.length === 0) return ["There is no integration."];
  const paint = paintFor(terminal);
  const { ellipsis } = symbolsFor(terminal);
  const tints = { healthy: paint.good, degraded: paint.warn, down: paint.bad, unknown: paint.warn };
  const rows = items.map((item) => [
    oneLine(item.integration),
    item.state,
    item.since === undefined ? "" : `for ${duration(Math.max(0, now - item.since))}`,
    details(item),
  ]);
  return table(rows, terminal.width, ellipsis).flatMap((line, at) => {
    const { state, failure, required } = items[at] as HealthItem;
    const shown = line.replace(` ${state}`, ` ${tints[state](state)}`);
    if (failure === undefined) return [shown];
    const text = `${required ? "" : "not required; "}${failure.code}: ${oneLine(failure.message)}`;
    return [shown, ...hanging("    ", text, terminal.width).map((part) => paint.faint(part))];
  });
}

function details({ account, cached, ageMs, latencyMs }: HealthItem): string {
  const parts = account === undefined ? [] : [`as ${oneLine(account)}`];
  if (cached && ageMs !== undefined) parts.push(`asked ${ago(ageMs)}`);
  else if (latencyMs !== undefined) parts.push(`in ${latencyMs} ms`);
  return parts.join(", ");
}
