import { resolve } from "node:path";
import { exitCodes } from "../../core/exit-codes.ts";
import { writes } from "../../core/plan.ts";
import { plan } from "../../features/plan.ts";
import { writeJson } from "../../render/ndjson.ts";
import { planLines } from "../../render/plan.ts";
import { progressLine } from "../../render/progress.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import { offlineGiven } from "../offline.ts";
import type { CommandOptions } from "../options.ts";

export async function run(options: CommandOptions["plan"], context: Context): Promise<number> {
  const { screen, global, redactor, interruption } = context;
  const project = await context.project("everything");
  interruption.onStop(() => {});
  const progress = progressLine(screen.err, global);
  const calls = options.calls || global.verbose;
  const emit = (event: object) => progress.event(redactor.json(event as never));
  const deps = project.sequenceDeps("testx integrations plan", emit);
  const { saved, ...result } = await plan(
    { ...deps, ...offlineGiven(options) },
    { calls: calls || global.json, save: options.out !== undefined },
  ).finally(() => progress.clear());
  if (saved !== undefined && options.out !== undefined) {
    const { writePlanFile } = await import("../plan-file.ts");
    await writePlanFile(resolve(context.io.cwd, options.out), redactor.json(saved as never));
  }
  const changes = result.plan.some(writes);
  if (global.json) {
    const { plan: items, ...rest } = result;
    writeJson(screen.out, redactor.json({ plan: items, changes, ...rest } as never));
  } else {
    const { terminal } = screen.out;
    const shown = redactor.json(result as never) as typeof result;
    const holder = shown.unsettled.length > 0 ? project.holder() : undefined;
    writeLines(screen.out, planLines(shown, terminal, { calls, file: options.out, holder }));
  }
  return options.exitCode && changes ? exitCodes.changes : exitCodes.done;
}
