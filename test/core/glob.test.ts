import { expect, test } from "vitest";
import { matches } from "../../src/core/glob.ts";
import fc from "../support/property.ts";

test.each([
  ["chat.*", "chat.postMessage", true],
  ["chat.*", "conversations.create", false],
  ["chat.*", "chat.", true],
  ["chat.*", "xchat.update", false],
  ["POST /repos/*", "POST /repos/{owner}/{repo}/labels", true],
  ["* /repos/{owner}/{repo}/labels", "GET /repos/{owner}/{repo}/labels", true],
  ["*labels*", "PATCH /repos/{owner}/{repo}/labels/{name}", true],
  ["chat.postMessage", "chat.postMessage", true],
  ["chat.postMessage", "chat.postMessages", false],
  ["*", "", true],
  ["", "", true],
  ["", "a", false],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-b-b-d", false],
  ["a.c", "abc", false],
  ["[a]", "a", false],
  ["**a", "*a", true],
])("%j and %j: %j", (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});

test("says what a regular expression says", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "*", ".", "/"), maxLength: 12 });
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      const source = pattern.replace(/[./]/g, "\\$&").replaceAll("*", ".*");
      expect(matches(pattern, text)).toBe(new RegExp(`^${source}$`, "s").test(text));
    }),
    { numRuns: 2_000 },
  );
});

test("takes no time over a pattern that regular expressions drown in", () => {
  expect(matches(`${"a*".repeat(1_000)}b`, "a".repeat(5_000))).toBe(false);
});
