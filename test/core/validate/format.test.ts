import { expect, it } from "vitest";
import { formatProblem } from "../../../src/core/validate/format.ts";
import { inOrder, type Problem } from "../../../src/core/validate/problem.ts";

const base: Problem = { code: "GRAPH_UNKNOWN_DEPENDENCY", message: "No such thing.", text: '"b"' };

it("shows the place, the message, the line and what is meant in it", () => {
  const problem = {
    ...base,
    file: "f.json",
    line: 12,
    column: 16,
    source: '  "dependsOn": ["b"]',
    text: '"b"',
    suggestion: "a",
  };
  expect(formatProblem({ ...problem, column: 17 })).toBe(
    [
      "f.json:12:17 GRAPH_UNKNOWN_DEPENDENCY",
      '  No such thing. Did you mean "a"?',
      '  12 |   "dependsOn": ["b"]',
      "     |                 ^^^",
    ].join("\n"),
  );
});

it("names the variable when there is no file", () => {
  expect(formatProblem({ ...base, variable: "OFFLINE_MODE_ENABLED" })).toBe(
    "OFFLINE_MODE_ENABLED GRAPH_UNKNOWN_DEPENDENCY\n  No such thing.",
  );
});

it.each([
  ["tabs", '\t\t"b"', 3, '  "b"', "  ^^^"],
  ["wide characters before it", '"👋日本" "b"', 8, '"👋日本" "b"', "         ^^^"],
  ["control characters", '\u001b[31m"b"', 6, '·[31m"b"', "     ^^^"],
  ["the end of a line", '"b"', 4, '"b"', "   ^"],
])("puts the mark right with %s", (_, source, column, shown, marks) => {
  const lines = formatProblem({ ...base, file: "f", line: 1, column, source }).split("\n");
  expect(lines.slice(2)).toEqual([`  1 | ${shown}`, `    | ${marks}`]);
});

it("shows of a very long line what is around the place", () => {
  const source = `${"x".repeat(3_000)}"b"${"y".repeat(3_000)}`;
  const [, , line = "", marks = ""] = formatProblem({
    ...base,
    file: "f",
    line: 1,
    column: 3_001,
    source,
  }).split("\n");
  expect(line.length).toBeLessThan(120);
  expect(line.slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1)).toBe('"b"');
});

it("orders problems by file, line and column, cycles as they come, what has no place last", () => {
  const at = (file: string | undefined, line: number, column: number, code = "X"): Problem =>
    file === undefined ? { ...base, code } : { ...base, code, file, line, column };
  const [a, b, c, d] = [at("f", 2, 1), at("f", 1, 9), at("g", 1, 1), at(undefined, 0, 0)] as const;
  expect(inOrder([d, a, c, b])).toEqual([b, a, c, d]);
  const short = at("f", 9, 1, "GRAPH_CYCLE");
  const long = at("f", 1, 1, "GRAPH_CYCLE");
  expect(inOrder([short, long, a, b])).toEqual([b, a, short, long]);
});
