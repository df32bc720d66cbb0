import { exitCodes } from "../../core/exit-codes.ts";
import { cacheStats, warmCache } from "../../features/cache.ts";
import { cacheStatsLines } from "../../render/cache.ts";
import { writeJson } from "../../render/ndjson.ts";
import { progressLine } from "../../render/progress.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";

export async function run(_: unknown, context: Context): Promise<number> {
  const { screen, global, redactor, interruption, now } = context;
  const project = await context.project("everything");
  interruption.onStop(() => {});
  const progress = progressLine(screen.err, global);
  const deps = project.sequenceDeps("testx cache warm", (event) =>
    progress.event(redactor.json(event as never)),
  );
  const missed = await warmCache(deps).finally(() => progress.clear());
  const kept = await project.answers();
  await kept.settle();
  const stats = await cacheStats(kept, now());
  const shown = redactor.json(stats as never) as typeof stats;
  if (global.json) writeJson(screen.out, shown as never);
  else writeLines(screen.out, cacheStatsLines(shown, screen.out.terminal));
  if (missed === undefined) return exitCodes.done;
  const why = redactor.text(`${missed.code}: ${missed.message}`);
  context.notice(`Not everything could be asked for: ${why}`);
  return exitCodes.degraded;
}
