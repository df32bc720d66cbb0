import { exitCodes } from "../../core/exit-codes.ts";
import { cacheStats } from "../../features/cache.ts";
import { cacheStatsLines } from "../../render/cache.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";

export async function run(_: unknown, context: Context): Promise<number> {
  const { screen, global, redactor, now } = context;
  const kept = await (await context.project("remembered")).answers();
  const stats = await cacheStats(kept, now());
  const shown = redactor.json(stats as never) as typeof stats;
  if (global.json) writeJson(screen.out, shown as never);
  else writeLines(screen.out, cacheStatsLines(shown, screen.out.terminal));
  return exitCodes.done;
}
