import { describe, expect, it } from "vitest";
import { withKey, withoutKey } from "../../src/core/json-edit.ts";
import fc from "../support/property.ts";

/** Line and column of the first key of this name, from 1. */
function place(text: string, name: string): [line: number, column: number] {
  const before = text.slice(0, text.indexOf(JSON.stringify(name))).split("\n");
  return [before.length, (before.at(-1) ?? "").length + 1];
}

describe("a key taken out of a JSON text", () => {
  it("leaves the rest as it is written", () => {
    const text = '{\n  "a": 1,\n\n  "b": { "x": ["}", 2] }, "c": "\\"",\n  "d": null\n}\n';
    const without = (name: string) => withoutKey(text, ...place(text, name));
    expect(without("a")).toBe(text.replace('\n  "a": 1,', ""));
    expect(without("b")).toBe(text.replace('\n\n  "b": { "x": ["}", 2] },', ""));
    expect(without("c")).toBe(text.replace(' "c": "\\"",', ""));
    expect(without("d")).toBe(text.replace(',\n  "d": null', ""));
    expect(without("x")).toBe(text.replace(' "x": ["}", 2]', ""));
  });

  it("leaves all other members, whatever they are", () => {
    const member = fc.tuple(fc.string(), fc.jsonValue());
    const indent = fc.constantFrom(0, 2, "\t");
    fc.assert(
      fc.property(fc.array(member), fc.array(member), fc.jsonValue(), indent, (a, b, value, by) => {
        const others = [...a, ...b].filter(([name]) => name !== "gone" && name !== "__proto__");
        const front = others.slice(0, a.length);
        const all = Object.fromEntries([...front, ["gone", value], ...others.slice(front.length)]);
        const text = JSON.stringify({ outer: all }, null, by);
        const key = `"gone":`;
        // Where another value holds that very text there is nothing to be learned.
        fc.pre(text.split(key).length === 2);
        const { gone: _, ...rest } = all;
        expect(JSON.parse(withoutKey(text, ...place(text, "gone")) ?? "")).toEqual({
          outer: JSON.parse(JSON.stringify(rest)),
        });
      }),
    );
  });

  it("gets another name", () => {
    const text = '{ "topicc": "topicc" }';
    expect(withKey(text, 1, 3, "topic")).toBe('{ "topic": "topicc" }');
  });

  it("must be there", () => {
    expect(withoutKey('{ "a": 1 }', 1, 1)).toBeUndefined();
    expect(withoutKey('{ "a": 1 }', 7, 3)).toBeUndefined();
    expect(withKey('["a"]', 1, 2, "b")).toBeUndefined();
  });
});
