import { expect, it } from "vitest";
import type { RunFinished } from "../../src/core/events.ts";
import { noCounts } from "../../src/core/journal.ts";
import { noRun, type RunView } from "../../src/render/run-view.ts";
import { summaryText } from "../../src/render/summary.ts";

const terminal = { color: false, unicode: true, width: 80, interactive: false };

function summary(view: Partial<RunView>, parts: Partial<RunFinished>): string {
  const finished: RunFinished = {
    ...{ type: "run.finished", outcome: "succeeded", counts: noCounts, residue: [] },
    ...{ receipts: {}, durationMs: 1000, calls: {}, ...parts },
  };
  return summaryText({ ...noRun, ...view, finished }, terminal).join("\n");
}

it("advises a rollback of a stopped run only where it has left something to undo", () => {
  expect(summary({}, { outcome: "interrupted" })).toBe(`
⚠ Stopped in 1.0s.

There is nothing of it to undo. Run \`testx integrations setup\` to go on.`);
  expect(summary({}, { outcome: "interrupted", undoable: 2 })).toContain(
    "to go on where it stopped, or `testx rollback` to",
  );
});

it("says that a setup can be undone which did everything before it was gone on with", () => {
  const counts = { ...noCounts, unchanged: 3 };
  expect(summary({ resumed: true }, { counts, undoable: 3 })).toContain("`testx rollback` undoes");
  expect(summary({}, { counts })).not.toContain("undoes");
});

it("says of a rollback that had nothing to undo of which run, and where to look for others", () => {
  const text = summary({ command: "rollback", of: "r7" }, { outcome: "rolled-back" });
  expect(text).toBe(`
✔ Nothing was left to undo of run r7 in 1.0s.

\`testx rollback --list\` shows what of other runs can be undone.`);
});
