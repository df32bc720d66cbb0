import { exitCodes } from "../../core/exit-codes.ts";
import { outputs } from "../../features/status.ts";
import { writeJson } from "../../render/ndjson.ts";
import { envLines, githubLines, outputsJson } from "../../render/outputs.ts";
import { writeLines } from "../../render/renderer.ts";
import { statusLines } from "../../render/status.ts";
import type { Context } from "../context.ts";
import { nowhere } from "../nothing.ts";
import type { CommandOptions } from "../options.ts";

export async function run(options: CommandOptions["outputs"], context: Context): Promise<number> {
  const { screen, global, redactor } = context;
  const project = await context.project("journal");
  const { journal } = project;
  const found = redactor.json(outputs(journal));
  if (global.json || options.format === "json") writeJson(screen.data, outputsJson(found));
  else writeLines(screen.data, options.format === "github" ? githubLines(found) : envLines(found));
  // Beside a file that stays empty.
  if (!global.json && Object.keys(found).length === 0) {
    writeLines(screen.err, nowhere(context, project) ?? statusLines([], screen.err.terminal, 0));
  }
  return exitCodes.done;
}
