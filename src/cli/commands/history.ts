import { exitCodes } from "../../core/exit-codes.ts";
import { history } from "../../features/history.ts";
import { historyLines } from "../../render/history.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import { knownCalls } from "../known-calls.ts";
import { nowhere } from "../nothing.ts";
import type { CommandOptions } from "../options.ts";

export async function run(options: CommandOptions["history"], context: Context): Promise<number> {
  const { screen, global, redactor, now } = context;
  const project = await context.project("journal");
  const { journal } = project;
  const runs = history(journal, await knownCalls(project, context), options.limit);
  const shown = redactor.json(runs as never) as typeof runs;
  if (global.json) writeJson(screen.out, { runs: shown } as never);
  else {
    const none = shown.length === 0 ? nowhere(context, project) : undefined;
    writeLines(screen.out, none ?? historyLines(shown, screen.out.terminal, now()));
  }
  return exitCodes.done;
}
