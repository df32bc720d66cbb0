import type { CacheItem, CacheStats } from "../core/cache-report.ts";
import { paintFor, symbolsFor, type Terminal, typed } from "./terminal.ts";
import { ago, count, duration, hanging, oneLine, table } from "./text.ts";

/** `12 B`, `3.4 kB`, `1.2 MB` */
function size(characters: number): string {
  if (characters < 1000) return `${characters} B`;
  if (characters < 999_950) return `${(characters / 1000).toFixed(1)} kB`;
  return `${(characters / 1e6).toFixed(1)} MB`;
}

/** How much is kept and where, and what it has saved. */
export function cacheStatsLines(stats: CacheStats, terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  const { ellipsis } = symbolsFor(terminal);
  const { place, entries, oldestMs, newestMs, integrations } = stats;
  const ages =
    oldestMs === undefined || newestMs === undefined
      ? ""
      : `, the newest from ${ago(newestMs)}, the oldest from ${ago(oldestMs)}`;
  const head = `${count(entries, "answer")}, ${size(stats.size)}, in ${oneLine(place)}${ages}.`;
  const lines = hanging("", head, terminal.width);
  if (integrations.length === 0) return lines;
  const rows = integrations.map((one) => [
    oneLine(one.integration),
    ...[one.entries, size(one.size), one.hits, one.revalidated, one.stale, one.misses].map(String),
    one.hitRate === undefined ? "-" : `${Math.round(one.hitRate * 100)} %`,
  ]);
  const heads = ["", "kept", "size", "hits", "confirmed", "stale", "misses", "hit rate"];
  const [first = "", ...rest] = table([heads, ...rows], terminal.width, ellipsis, 0);
  return [...lines, "", paint.faint(first), ...rest];
}

/** What is kept, by integration. */
export function cacheListLines(
  items: readonly CacheItem[],
  terminal: Terminal,
  narrowed = false,
): string[] {
  const paint = paintFor(terminal);
  const { ellipsis } = symbolsFor(terminal);
  if (items.length === 0 && narrowed) return ["Nothing of that is kept."];
  if (items.length === 0) {
    const warm = typed("testx cache warm", terminal);
    return hanging("", `Nothing is kept. ${warm} asks for what a plan looks at.`, terminal.width);
  }
  const lines: string[] = [];
  for (const [integration, mine] of Map.groupBy(items, (item) => item.integration)) {
    lines.push(paint.strong(oneLine(integration)));
    const rows = mine.map((item) => [
      `  ${oneLine(what(item))}`,
      oneLine(item.kind),
      ago(item.ageMs),
      standing(item),
    ]);
    lines.push(...table(rows, terminal.width, ellipsis, 0));
  }
  return lines;
}

/** `GET /repos/acme/app/labels`; of Slack and Notion the method, which says more than the path. */
function what({ operation, path }: CacheItem): string {
  const [method = "", template = ""] = operation.split(" ");
  return template.startsWith("/") ? `${method} ${path}` : operation;
}

function standing({ outdated, freshMs, leftMs }: CacheItem): string {
  if (outdated) return "older than the last write";
  if (freshMs > 0) return `fresh for ${duration(freshMs)}`;
  return `kept for ${duration(leftMs)}`;
}
