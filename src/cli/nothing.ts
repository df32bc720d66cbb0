import { noCounts, type RunOutcome } from "../core/journal.ts";
import { writeJsonLine } from "../render/ndjson.ts";
import { writeLines } from "../render/renderer.ts";
import type { Context } from "./context.ts";

/** A run that has nothing to do: scripts get the same last line as ever. */
export function nothingToDo(
  { screen, global, now }: Context,
  outcome: RunOutcome,
  text: string,
): void {
  if (!global.json) {
    writeLines(screen.out, [text]);
    return;
  }
  writeJsonLine(screen.out, {
    type: "run.finished",
    run: "",
    at: now(),
    outcome,
    counts: { ...noCounts },
    residue: [],
    receipts: {},
    durationMs: 0,
    calls: {},
  });
}
