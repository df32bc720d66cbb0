import { exitCodes } from "../../core/exit-codes.ts";
import { status } from "../../features/status.ts";
import { unended } from "../../features/unfinished.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import { openRunLines, statusLines } from "../../render/status.ts";
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
  const open = unended(journal, project.holder);
  if (global.json) writeJson(screen.out, { steps: items, ...(open && { open }) } as never);
  else {
    const { terminal } = screen.out;
    const none = items.length === 0 ? nowhere(context, project) : undefined;
    // To set up is no advice while somebody does.
    const beginning = items.length === 0 && open?.atWork === true;
    const lines = beginning ? [] : (none ?? statusLines(items, terminal, now()));
    if (open) lines.push(...(beginning ? [] : [""]), ...openRunLines(open, terminal));
    writeLines(screen.out, lines);
  }
  return exitCodes.done;
}
