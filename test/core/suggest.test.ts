import { expect, it } from "vitest";
import { suggest } from "../../src/core/suggest.ts";

const commands = ["setup", "plan", "rollback", "status", "outputs", "list", "graph"];

it.each([
  ["setpu", ["setup"]],
  ["rolback", ["rollback"]],
  ["SETUP", ["setup"]],
  ["stat", ["status"]],
  ["lst", ["list"]],
  ["zzzzz", []],
  ["", []],
])("%s → %j", (given, expected) => {
  expect(suggest(given, commands)).toEqual(expected);
});

it("gives the nearest first", () => {
  const candidates = ["rollbacks", "roll-back", "rollback"];
  expect(suggest("rolback", candidates, 3)).toEqual(["rollback", "roll-back", "rollbacks"]);
});
