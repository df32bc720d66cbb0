import { type EffectiveValue, originText } from "../core/settings.ts";
import { paintFor, symbolsFor, type Terminal } from "./terminal.ts";
import { cut, table, width } from "./text.ts";
import { valueText } from "./words.ts";

/** The settings in force, one a line; with `origin`, where each comes from. */
export function settingLines(
  values: readonly EffectiveValue[],
  terminal: Terminal,
  options: { readonly origin: boolean },
): string[] {
  const paint = paintFor(terminal);
  const rows = values.map(({ path, value, origin }) => {
    const text = valueText(value, 60);
    return options.origin ? [path, text, originText(origin)] : [path, text];
  });
  const { ellipsis } = symbolsFor(terminal);
  if (terminal.width < 60) {
    return rows.flatMap(([path, ...more]) => [
      paint.strong(path as string),
      ...more.map((text) => `  ${text}`),
    ]);
  }
  if (!options.origin || fits(rows, terminal.width)) return table(rows, terminal.width, ellipsis);
  // An origin that is cut tells nothing: it gets a line of its own.
  return rows.flatMap(([path, text, origin]) => [
    cut(`${path}  ${text}`, terminal.width, ellipsis),
    `    ${paint.faint(origin as string)}`,
  ]);
}

function fits(rows: readonly (readonly string[])[], columns: number): boolean {
  return table(rows, Number.POSITIVE_INFINITY, "").every((line) => width(line) <= columns);
}
