import { exitCodes } from "../../core/exit-codes.ts";
import { runHistory } from "../../features/history.ts";
import { runLines } from "../../render/history.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import { knownCalls } from "../known-calls.ts";
import type { CommandOptions } from "../options.ts";

export async function run(
  options: CommandOptions["history show"],
  context: Context,
): Promise<number> {
  const { screen, global, redactor } = context;
  const project = await context.project("journal");
  const found = runHistory(project.journal, await knownCalls(project, context), options.run);
  const shown = redactor.json(found as never) as typeof found;
  if (global.json) writeJson(screen.out, shown as never);
  else writeLines(screen.out, runLines(shown, screen.out.terminal));
  return exitCodes.done;
}
