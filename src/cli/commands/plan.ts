import { writes } from "../../core/plan.ts";
import { plan } from "../../features/plan.ts";
import { writeJson } from "../../render/ndjson.ts";
import { planLines } from "../../render/plan.ts";
import { progressLine } from "../../render/progress.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { CommandOptions } from "../options.ts";

export async function run(options: CommandOptions["plan"], context: Context): Promise<number> {
  const { screen, global, redactor, interruption } = context;
  const project = await context.project("everything");
  interruption.onStop(() => {});
  const progress = progressLine(screen.err, global);
  const result = await plan(
    project.sequenceDeps("testx integrations plan", (event) =>
      progress.event(redactor.json(event as never)),
    ),
  ).finally(() => progress.clear());
  const changes = result.plan.some(writes);
  if (global.json) {
    const { plan: items, unsettled, degraded } = result;
    const json = { plan: items, changes, unsettled, ...(degraded ? { degraded } : {}) };
    writeJson(screen.out, redactor.json(json as never));
  } else {
    const shown = redactor.json(result as never) as typeof result;
    writeLines(screen.out, planLines(shown, screen.out.terminal));
  }
  return options.exitCode && changes ? exitCodes.changes : exitCodes.done;
}
