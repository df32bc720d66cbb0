import { expect, it } from "vitest";
import { inPlace } from "../../src/render/in-place.ts";

/** What a terminal of this size would have on its screen, as far as it was written to. */
function screen(columns: number, rows: number) {
  const lines: string[] = [""];
  let [row, column] = [0, 0];
  const next = (): void => {
    row += 1;
    column = 0;
    lines[row] ??= "";
  };
  const put = (sign: string): void => {
    if (column === columns) next();
    const line = (lines[row] ?? "").padEnd(column);
    lines[row] = line.slice(0, column) + sign + line.slice(column + 1);
    column += 1;
  };
  const step = (part: string): void => {
    const up = /\[(\d+)A$/.exec(part)?.[1];
    if (up !== undefined) {
      row -= Number(up);
      expect(row).toBeGreaterThanOrEqual(Math.max(0, lines.length - rows));
    } else if (part === "\r") column = 0;
    else if (part === "\n") next();
    else if (part.endsWith("[K")) {
      // As xterm does it: the cursor behind the last column stands on it.
      lines[row] = (lines[row] ?? "").slice(0, Math.min(column, columns - 1));
    } else if (part.endsWith("[J")) {
      expect(row).toBeGreaterThan(0);
      lines.length = row + 1;
      lines[row] = (lines[row] ?? "").slice(0, column);
    } else put(part);
  };
  return {
    terminal: { color: false, unicode: true, width: columns, interactive: true },
    size: () => ({ columns, rows }),
    write(text: string) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
      for (const [part] of text.matchAll(/\u001b\[\d*[A-Z]|[\s\S]/gu)) step(part);
    },
    lines: () => lines.slice(0, -1).map((line) => line.trimEnd()),
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
  expect(surface.lines()).toEqual(["… 7 lines…", "line 7", "line 8"]);
  picture.draw(["a"]);
  expect(surface.lines()).toEqual(["a"]);
  picture.draw(["z".repeat(15), ...many.slice(0, 2)]);
  expect(surface.lines()).toEqual(["… 1 line…", "line 0", "line 1"]);
});

it("leaves nothing of what was longer, and takes nothing of what fills a line", () => {
  const surface = screen(10, 24);
  const picture = inPlace(surface);
  picture.draw(["a long line", "0123456789", ""]);
  expect(surface.lines()).toEqual(["a long lin", "e", "0123456789", ""]);
  picture.draw(["ab", "0123456789", "c"]);
  expect(surface.lines()).toEqual(["ab", "0123456789", "c"]);
});
