import { type EffectiveValue, originText } from "../core/settings.ts";
import { paintFor, symbolsFor, type Terminal } from "./terminal.ts";
import { table } from "./text.ts";
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
  if (terminal.width < 60) {
    return rows.flatMap(([path, ...more]) => [
      paint.strong(path as string),
      ...more.map((text) => `  ${text}`),
    ]);
  }
  return table(rows, terminal.width, symbolsFor(terminal).ellipsis);
}
