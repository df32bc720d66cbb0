import { stripVTControlCharacters } from "node:util";

/** Text from elsewhere on one line: no escape sequences, control characters or line breaks. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s*[\r\n\u2028\u2029]+\s*/g, " ")
    .replace(/\t/g, " ")
    .replace(/\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "");
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const nothing = /\p{Mn}|\p{Me}|\p{Cf}/u;
/** What testx itself writes most. Unicode's tables take a millisecond to load. */
const narrow: ReadonlySet<string> = new Set("✔✖⚠↓→›–…·");

/** Columns that the text takes in a terminal; colours take none. */
export function width(text: string): number {
  let columns = 0;
  for (const sign of stripVTControlCharacters(text)) {
    if ((sign >= " " && sign <= "~") || narrow.has(sign)) columns += 1;
    else if (!nothing.test(sign)) columns += wide.test(sign) ? 2 : 1;
  }
  return columns;
}

export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

/** Plain text of at most so many columns, cut with an ellipsis. */
export function cut(text: string, columns: number, ellipsis: string): string {
  if (width(text) <= columns) return text;
  let result = "";
  let room = columns - width(ellipsis);
  for (const sign of text) {
    room -= width(sign);
    if (room < 0) break;
    result += sign;
  }
  return result.trimEnd() + ellipsis;
}

/** Breaks at spaces; words longer than a line are left whole, so that links can be clicked. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines;
}

/** Wraps behind a label: the further lines stand under the first one's text. */
export function hanging(label: string, text: string, columns: number): string[] {
  const indent = " ".repeat(width(label));
  return wrap(text, Math.max(16, columns - indent.length)).map(
    (line, index) => (index === 0 ? label : indent) + line,
  );
}

/**
 * Rows in aligned columns. What does not fit into the terminal is cut: in the column `flexible`
 * (as long as that leaves 12 columns of it), else at the end of the line.
 */
export function table(
  rows: readonly (readonly string[])[],
  columns: number,
  ellipsis: string,
  flexible?: number,
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, width(cell));
    });
  }
  const over = widths.reduce((sum, columns) => sum + columns + 2, -2) - columns;
  if (flexible !== undefined && over > 0) {
    widths[flexible] = Math.max(12, widths[flexible]! - over);
  }
  return rows.map((row) => {
    const line = row
      .map((cell, at) => (at === flexible ? cut(cell, widths[at]!, ellipsis) : cell))
      .map((cell, at) => (at === row.length - 1 ? cell : `${pad(cell, widths[at]!)}  `))
      .join("")
      .trimEnd();
    return Number.isFinite(columns) && width(line) > columns && !line.includes("\u001b")
      ? cut(line, columns, ellipsis)
      : line;
  });
}

/** `230ms`, `4.2s`, `3m 05s` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  if (seconds < 86_400)
    return `${Math.floor(seconds / 3600)}h ${two(Math.floor(seconds / 60) % 60)}m`;
  return `${Math.floor(seconds / 86_400)}d ${Math.floor(seconds / 3600) % 24}h`;
}

/** How long ago, roughly: `just now`, `17s ago`, `3d 4h ago` */
export function ago(ms: number): string {
  return ms < 1000 ? "just now" : `${ms < 60_000 ? `${Math.floor(ms / 1000)}s` : duration(ms)} ago`;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** `2026-01-02T12:03:44Z` */
export function timestamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export function count(many: number, one: string, more = `${one}s`): string {
  return `${many} ${many === 1 ? one : more}`;
}

/** `a`, `a and b`, `a, b and c` */
export function listing(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
