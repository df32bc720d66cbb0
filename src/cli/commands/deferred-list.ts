import { exitCodes } from "../../core/exit-codes.ts";
import { deferredItems } from "../../features/deferred.ts";
import { deferredLines } from "../../render/deferred.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import { nowhere } from "../nothing.ts";

export async function run(_: unknown, context: Context): Promise<number> {
  const { screen, global, redactor, now } = context;
  const project = await context.project("journal");
  const found = deferredItems(project.journal);
  const items = redactor.json(found as never) as typeof found;
  if (global.json) writeJson(screen.out, { deferred: items } as never);
  else {
    const none = items.length === 0 ? nowhere(context, project) : undefined;
    writeLines(screen.out, none ?? deferredLines(items, screen.out.terminal, now()));
  }
  return exitCodes.done;
}
