import { expect, it } from "vitest";
import { parseJson } from "../../../src/platform/config/json.ts";
import { locate, positionOf, sourceOf } from "../../../src/platform/config/source.ts";
import fc from "../../support/property.ts";

const forbidden = /"(__proto__|constructor|prototype)"/;

it("reads what JSON.parse reads, and places every value", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6, noUnicodeString: false }), fc.nat(4), (text, indent) => {
      const spaced = JSON.stringify(JSON.parse(text), null, indent);
      fc.pre(spaced.isWellFormed() && !forbidden.test(spaced) && !/\\ud[89a-f]/i.test(spaced));
      const { root, problems } = parseJson(spaced);
      expect(problems).toEqual([]);
      expect(root?.value).toEqual(JSON.parse(spaced));
      const visit = (node: NonNullable<typeof root>): void => {
        expect(JSON.parse(spaced.slice(node.start, node.end))).toEqual(node.value);
        for (const [name, member] of node.members ?? []) {
          expect(JSON.parse(spaced.slice(member.key.start, member.key.end))).toBe(name);
          visit(member.node);
        }
        node.items?.forEach(visit);
      };
      visit(root as NonNullable<typeof root>);
    }),
    { numRuns: 500 },
  );
});

it("refuses whatever JSON.parse refuses", () => {
  const pieces = fc.constantFrom(
    ...'{}[]":,\\ \n\t01-.eE+',
    "true",
    "nul",
    '"a"',
    "//",
    "/*",
    "'",
    "\\u00",
    "\u0000",
    "é",
  );
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join("")),
    fc
      .tuple(fc.json({ maxDepth: 3 }), fc.nat(), fc.nat(), pieces)
      .map(([text, at, length, piece]) => {
        const from = at % (text.length + 1);
        return text.slice(0, from) + piece + text.slice(from + (length % 3));
      }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      let isValid = true;
      try {
        JSON.parse(text);
      } catch {
        isValid = false;
      }
      const { problems } = parseJson(text);
      if (!isValid) expect(problems).not.toEqual([]);
      for (const { start, end } of problems) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 3_000 },
  );
});

it.each([
  ["one 1e999", "[1e999]", "This number is too large."],
  ["leading zero", "[01]", "This is not a number as JSON writes them."],
  ["NaN", "[NaN]", '"NaN" is no JSON value; text stands in double quotes.'],
  ["tab in a string", '["a\tb"]', "A control character in a string must be written as an escape."],
  ["equals sign", '{"a" = 1}', "A colon separates a key from its value."],
  ["the wrong bracket", '{"a": 1]', "This is not expected here."],
  ["two commas", "[1,,2]", "This comma is one too many."],
  ["a comma before the first entry", '{, "a": 1 }', "This comma is one too many."],
  ["unclosed list", '{\n"a": [\n1', 'The file ends, but the "[" of line 2 is not closed.'],
])("%s", (_, text, message) => {
  expect(parseJson(text).problems.map((problem) => problem.message)).toEqual([message]);
});

it("goes on behind slips whose meaning is plain", () => {
  const { root, problems } = parseJson('{a: 1, \'b\': [1 2,], // c\n "d": None "e": 5}');
  expect(root?.value).toEqual({ a: 1, b: [1, 2], d: null, e: 5 });
  expect(problems).toHaveLength(7);
});

it("takes the last of two equal keys and drops keys that pollute", () => {
  const { root, problems } = parseJson(
    '{"a": 1, "a": 2, "__proto__": {"x": 1}, "\\u005f_proto__": 1}',
  );
  expect(root?.value).toEqual({ a: 2 });
  expect(Object.getPrototypeOf(root?.value)).toBe(Object.prototype);
  expect(problems.map(({ code }) => code)).toEqual([
    "CONFIG_DUPLICATE_KEY",
    "CONFIG_FORBIDDEN_KEY",
    "CONFIG_FORBIDDEN_KEY",
  ]);
});

it.each(["\n", "\r\n", "\r"])("counts lines that end with %j", (end) => {
  const source = sourceOf("f", ["{", '  "a": [1,', '    {"b": 2}]', "}"].join(end));
  const span = locate(source, ["a", 1, "b"]);
  expect(positionOf(source, span.start)).toEqual({ line: 3, column: 11 });
});
