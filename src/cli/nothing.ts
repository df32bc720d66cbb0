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
 * What a command that looks at what was done says where it finds nothing and is probably asked in
 * the wrong place: in a folder without a configuration, where advice would fail, or of the services
 * when all was done on the sandbox. `undefined`: there is just nothing.
 */
export function nowhere(
  { screen }: Pick<Context, "screen">,
  { configured, triedOut }: Pick<Project, "configured" | "triedOut">,
): string[] | undefined {
  const { terminal } = screen.out;
  if (configured && !triedOut()) return undefined;
  if (configured) {
    const text =
      "Nothing was done on the services themselves yet. What was done on the sandbox is shown with --sandbox.";
    return hanging("", text, terminal.width);
  }
  const start = typed("testx init", {});
  const text = `There is no configuration here, and nothing is remembered. Run ${start}, or change to the project's folder.`;
  return hanging("", text, terminal.width);
}
