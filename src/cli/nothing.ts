import { noCounts, type RunOutcome } from "../core/journal.ts";
import { writeJsonLine } from "../render/ndjson.ts";
import { writeLines } from "../render/renderer.ts";
import { typed } from "../render/terminal.ts";
import { hanging } from "../render/text.ts";
import type { Project } from "../wiring/project.ts";
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

/**
 * What a command that looks at what was done says in a folder without a configuration, in place
 * of advice that would fail there; `undefined` where there is one.
 */
export function nowhere(
  { screen }: Pick<Context, "screen">,
  { configured }: Pick<Project, "configured">,
): string[] | undefined {
  if (configured) return undefined;
  const { terminal } = screen.out;
  const start = typed("testx init", {});
  const text = `There is no configuration here, and nothing is remembered. Run ${start}, or change to the project's folder.`;
  return hanging("", text, terminal.width);
}
