import { exitCodes } from "../../core/exit-codes.ts";
import { cacheList } from "../../features/cache.ts";
import { cacheListLines } from "../../render/cache.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import { known } from "../cached-names.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export async function run(
  options: CommandOptions["cache list"],
  context: Context,
): Promise<number> {
  const { screen, global, redactor, now } = context;
  const project = await context.project("remembered");
  const kept = await project.answers();
  await known(options, kept.cache, project.sequence());
  const settings = (integration: string) =>
    project.sequence()?.integrations.find(({ id }) => id === integration)?.settings.cache;
  const items = await cacheList(kept, now(), settings, options);
  const shown = redactor.json(items as never) as typeof items;
  if (global.json) writeJson(screen.out, { answers: shown } as never);
  else {
    const narrowed = options.integration !== undefined || options.kind !== undefined;
    writeLines(screen.out, cacheListLines(shown, screen.out.terminal, narrowed));
  }
  return exitCodes.done;
}
