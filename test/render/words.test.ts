import { expect, it } from "vitest";
import { noCounts } from "../../src/core/journal.ts";
import type { StatusItem } from "../../src/core/results.ts";
import { statusLines } from "../../src/render/status.ts";
import { countsText } from "../../src/render/words.ts";

it.each([
  ["succeeded", "nothing to do"],
  ["failed", "nothing done"],
  ["interrupted", "nothing done"],
  ["degraded", "nothing done"],
] as const)("a run without a count that has %s had %s", (outcome, text) => {
  expect(countsText(noCounts, outcome)).toBe(text);
  expect(countsText({ ...noCounts, created: 2 }, outcome)).toBe("2 created");
});

it("status names the run that created, not the one that saw it last, in the order of creation", () => {
  const terminal = { color: false, unicode: true, width: 100, interactive: false };
  const item = (integration: string, at: number): StatusItem => ({
    ...{ step: `${integration}.it`, integration, kind: "x.it", title: "it", origin: "created" },
    ...{ run: "later", at: 60_000, made: { run: `first-${integration}`, at } },
  });
  const lines = statusLines([item("github", 2_000), item("slack", 1_000)], terminal, 61_000);
  expect(lines).toEqual([
    "slack",
    "  it  created  1m 00s ago, run first-slack",
    "github",
    "  it  created  59s ago, run first-github",
  ]);
});
