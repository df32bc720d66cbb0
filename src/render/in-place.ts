import type { Surface } from "./renderer.ts";
import { symbolsFor } from "./terminal.ts";
import { count, cut, width } from "./text.ts";

/** A picture that each drawing replaces; the last one stays. */
export function inPlace(surface: Surface): { draw(lines: readonly string[]): void } {
  const { ellipsis } = symbolsFor(surface.terminal);
  let rows = 0;
  return {
    draw(lines) {
      const size = surface.size?.() ?? { columns: surface.terminal.width, rows: 24 };
      // What has scrolled off the top cannot be drawn anew: the end counts.
      const room = Math.max(1, size.rows - 1);
      // A line that is too long takes several.
      const rowsOf = (line: string): number => Math.max(1, Math.ceil(width(line) / size.columns));
      const all = lines.reduce((sum, line) => sum + rowsOf(line), 0);
      const left = all > room ? room - 1 : room;
      const up = rows > 0 ? `\u001b[${Math.min(rows, room)}A` : "";
      const shown: string[] = [];
      rows = 0;
      for (const line of lines.toReversed()) {
        if (rows + rowsOf(line) > left) break;
        rows += rowsOf(line);
        shown.unshift(line);
      }
      if (all > room) {
        rows += 1;
        const more = `${ellipsis} ${count(lines.length - shown.length, "line")} more above`;
        shown.unshift(cut(more, size.columns, ellipsis));
      }
      // Line by line: some terminals keep what is cleared all at once, picture after picture.
      const erased = (line: string): string => {
        // Where it ends at the edge, the cursor still stands on its last character.
        const isFull = line !== "" && width(line) % size.columns === 0;
        return isFull ? line : `${line}\u001b[K`;
      };
      surface.write(`${up}\r${shown.map((line) => `${erased(line)}\n`).join("")}\u001b[J`);
    },
  };
}
