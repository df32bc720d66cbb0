import { expect, it } from "vitest";
import type { RunSummary } from "../../src/core/history.ts";
import { noCounts } from "../../src/core/journal.ts";
import { historyRows } from "../../src/render/history.ts";

const run: RunSummary = {
  ...{ run: "20260102-120344-k3x9", command: "rollback", outcome: "interrupted" },
  ...{ startedAt: 0, durationMs: 2100, counts: { ...noCounts, undone: 12 }, calls: { slack: 103 } },
  residue: 0,
};
const rows = (columns: number) =>
  historyRows(
    [run],
    { color: false, unicode: true, width: columns, interactive: true },
    61_000,
  ).join("\n");

it("leaves out how many calls it took before it cuts what came of a run", () => {
  expect(rows(100)).toMatch(/ 2\.1s {2}12 undone, 103 calls$/);
  expect(rows(80)).toMatch(/ 2\.1s {2}12 undone$/);
  expect(rows(60)).toMatch(/ago$/);
});
