import { exitCodes } from "../../core/exit-codes.ts";
import { deferredItem } from "../../features/deferred.ts";
import { deferredDetail } from "../../render/deferred.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export async function run(
  { name }: CommandOptions["deferred show"],
  context: Context,
): Promise<number> {
  const { screen, global, redactor, now } = context;
  const { journal } = await context.project("journal");
  const found = deferredItem(journal, name);
  const item = redactor.json(found as never) as typeof found;
  if (global.json) writeJson(screen.out, item as never);
  else writeLines(screen.out, deferredDetail(item, screen.out.terminal, now()));
  return exitCodes.done;
}
