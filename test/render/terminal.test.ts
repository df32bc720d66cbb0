import { expect, it } from "vitest";
import { terminalOf } from "../../src/render/terminal.ts";

const tty = { isTTY: true, columns: 100 };
const wanted = { color: true };

it.each([
  [{}, { color: true, unicode: true, interactive: true }],
  [{ NO_COLOR: "1" }, { color: false, unicode: true, interactive: true }],
  [{ NO_COLOR: "" }, { color: true, unicode: true, interactive: true }],
  [
    { NO_COLOR: "1", FORCE_COLOR: "1" },
    { color: true, unicode: true, interactive: true },
  ],
  [{ TERM: "dumb" }, { color: false, unicode: false, interactive: false }],
  [{ TERM: "linux" }, { color: true, unicode: false, interactive: true }],
  [{ LC_ALL: "C" }, { color: true, unicode: false, interactive: true }],
  [{ LANG: "de_DE.UTF-8" }, { color: true, unicode: true, interactive: true }],
  [{ CI: "true" }, { color: true, unicode: true, interactive: false }],
  [{ INK_SCREEN_READER: "true" }, { color: true, unicode: true, interactive: false }],
  [{ INK_SCREEN_READER: "false" }, { color: true, unicode: true, interactive: true }],
  [{ ACCESSIBLE: "1" }, { color: true, unicode: true, interactive: false }],
  [{ ACCESSIBLE: "0" }, { color: true, unicode: true, interactive: true }],
])("a terminal with %j", (env, expected) => {
  expect(terminalOf(tty, env, wanted)).toEqual({ width: 100, ...expected });
});

it("is endlessly wide, without colors and not looked at where it is no terminal", () => {
  const plain = { color: false, interactive: false, width: Number.POSITIVE_INFINITY };
  expect(terminalOf({}, {}, wanted)).toMatchObject(plain);
  expect(terminalOf({}, { FORCE_COLOR: "1" }, wanted)).toMatchObject({ ...plain, color: true });
});
