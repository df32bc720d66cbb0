import type { Terminal } from "../terminal.ts";

/** A sign for each value, the higher the larger; another one where there is none. */
export function sparkline(
  values: readonly (number | undefined)[],
  { unicode }: Pick<Terminal, "unicode">,
): string {
  const signs = unicode ? "▁▂▃▄▅▆▇█" : "_.-=+*#@";
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  return values
    .map((value) => {
      if (value === undefined) return unicode ? "·" : " ";
      const height = most === 0 ? 0 : Math.ceil((value / most) * signs.length) - 1;
      return signs[Math.max(0, height)];
    })
    .join("");
}
