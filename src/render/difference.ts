import { equal, type Json } from "../core/json.ts";
import { listing, oneLine } from "./text.ts";
import { valueText } from "./words.ts";

/** How many lines of a long text are shown. */
const mostLines = 6;

/**
 * What became of a value, in a few lines: the lines of a text that differ, what came to a list
 * and what went from it, otherwise both values.
 */
export function differenceText(
  field: string,
  from: Json | undefined,
  to: Json | undefined,
  arrow: string,
): string[] {
  const texts = typeof from === "string" && typeof to === "string";
  if (texts && `${from}${to}`.includes("\n")) return [`${field}:`, ...differentLines(from, to)];
  if (Array.isArray(from) && Array.isArray(to)) {
    const parts = [...members("added", to, from), ...members("gone", from, to)];
    if (parts.length > 0) return [`${field}: ${parts.join("; ")}`];
  }
  return [`${field}: ${shown(from)} ${arrow} ${shown(to)}`];
}

function shown(value: Json | undefined): string {
  return value === undefined ? "not set" : valueText(value, 60);
}

function members(word: string, some: readonly Json[], others: readonly Json[]): string[] {
  const only = some.filter((item) => !others.some((other) => equal(item, other)));
  return only.length === 0 ? [] : [`${word} ${listing(only.map((item) => valueText(item, 60)))}`];
}

/** What lies between the lines that begin and those that end both texts. */
function differentLines(from: string, to: string): string[] {
  const [a, b] = [from.split("\n"), to.split("\n")];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  const most = Math.min(a.length, b.length) - head;
  while (tail < most && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const gone = a.slice(head, a.length - tail).map((line) => `- ${oneLine(line)}`);
  const come = b.slice(head, b.length - tail).map((line) => `+ ${oneLine(line)}`);
  return [...some(gone), ...some(come)];
}

function some(lines: readonly string[]): string[] {
  if (lines.length <= mostLines) return [...lines];
  return [
    ...lines.slice(0, mostLines - 1),
    `${lines[0]?.[0]} and ${lines.length - mostLines + 1} more lines`,
  ];
}
