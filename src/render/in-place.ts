import type { Surface } from "./renderer.ts";
import { width } from "./text.ts";

/** A picture that each drawing replaces; the last one stays. */
export function inPlace(surface: Surface): { draw(lines: readonly string[]): void } {
  let rows = 0;
  return {
    draw(lines) {
      const size = surface.size?.() ?? { columns: surface.terminal.width, rows: 24 };
      // What has scrolled off the top cannot be drawn anew: the end counts.
      const room = Math.max(1, size.rows - 1);
      const up = rows > 0 ? `\u001b[${Math.min(rows, room)}A` : "";
      const shown: string[] = [];
      rows = 0;
      for (const line of lines.toReversed()) {
        // A line that is too long takes several.
        const taken = Math.max(1, Math.ceil(width(line) / size.columns));
        if (rows + taken > room) break;
        rows += taken;
        shown.unshift(line);
      }
      surface.write(`${up}\r\u001b[J${shown.join("\n")}\n`);
    },
  };
}
