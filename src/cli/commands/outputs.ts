import { exitCodes } from "../../core/exit-codes.ts";
import { outputs } from "../../features/status.ts";
import { writeJson } from "../../render/ndjson.ts";
import { envLines, githubLines, outputsJson } from "../../render/outputs.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export async function run(options: CommandOptions["outputs"], context: Context): Promise<number> {
  const { screen, global, redactor } = context;
  const { journal } = await context.project("journal");
  const found = redactor.json(outputs(journal));
  if (global.json || options.format === "json") writeJson(screen.out, outputsJson(found));
  else writeLines(screen.out, options.format === "github" ? githubLines(found) : envLines(found));
  return exitCodes.done;
}
