import { exitCodes } from "../../core/exit-codes.ts";
import { clearCache } from "../../features/cache.ts";
import { writeJson } from "../../render/ndjson.ts";
import { count } from "../../render/text.ts";
import { known } from "../cached-names.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export async function run(
  options: CommandOptions["cache clear"],
  context: Context,
): Promise<number> {
  const { screen, global } = context;
  const project = await context.project("remembered");
  const kept = await project.answers();
  await known(options, kept.cache, project.sequence());
  const removed = await clearCache(kept, options);
  if (global.json) writeJson(screen.out, { removed });
  else screen.out.write(`${count(removed, "answer")} forgotten.\n`);
  return exitCodes.done;
}
