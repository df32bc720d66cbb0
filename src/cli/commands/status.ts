import { exitCodes } from "../../core/exit-codes.ts";
import { status } from "../../features/status.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import { statusLines } from "../../render/status.ts";
import type { Context } from "../context.ts";
import { nowhere } from "../nothing.ts";
import type { CommandOptions } from "../options.ts";

export async function run(options: CommandOptions["status"], context: Context): Promise<number> {
  const { screen, global, redactor, now } = context;
  const project = await context.project("journal");
  const { journal } = project;
  if (options.watch) return (await import("../watch-status.ts")).watchStatus(journal, context);
  const found = status(journal);
  const items = redactor.json(found as never) as typeof found;
  if (global.json) writeJson(screen.out, { steps: items } as never);
  else {
    const none = items.length === 0 ? nowhere(context, project) : undefined;
    writeLines(screen.out, none ?? statusLines(items, screen.out.terminal, now()));
  }
  return exitCodes.done;
}
