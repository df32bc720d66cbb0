import { expect, it } from "vitest";
import { inPlace } from "../../src/render/in-place.ts";

/** What a terminal of this size would have on its screen. */
function screen(columns: number, rows: number) {
  const lines: string[] = [];
  let row = 0;
  return {
    terminal: { color: false, unicode: true, width: columns, interactive: true },
    size: () => ({ columns, rows }),
    write(text: string) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
      const sequence = /^(?:\u001b\[(\d+)A)?\r\u001b\[J([\s\S]*)\n$/;
      const [, up = "0", body = ""] = sequence.exec(text) ?? [];
      row -= Number(up);
      expect(row).toBeGreaterThanOrEqual(Math.max(0, lines.length - rows));
      lines.length = row;
      for (const line of body.split("\n")) {
        const parts = Math.max(1, Math.ceil(line.length / columns));
        for (let at = 0; at < parts; at += 1)
          lines.push(line.slice(at * columns, (at + 1) * columns));
      }
      row = lines.length;
    },
    lines: () => lines,
  };
}

it("replaces what it drew before, also what was longer than a line", () => {
  const surface = screen(10, 24);
  const picture = inPlace(surface);
  picture.draw(["one", "a line of twenty ...", "three"]);
  picture.draw(["short"]);
  expect(surface.lines()).toEqual(["short"]);
  picture.draw(["1", "2"]);
  picture.draw(["3"]);
  expect(surface.lines()).toEqual(["3"]);
});

it("draws no more than the terminal has rows", () => {
  const surface = screen(10, 4);
  const picture = inPlace(surface);
  const many = Array.from({ length: 9 }, (_, at) => `line ${at}`);
  picture.draw(many);
  expect(surface.lines()).toEqual(["line 6", "line 7", "line 8"]);
  picture.draw(["a"]);
  expect(surface.lines()).toEqual(["a"]);
  picture.draw(["z".repeat(15), ...many.slice(0, 2)]);
  expect(surface.lines()).toEqual(["line 0", "line 1"]);
});
