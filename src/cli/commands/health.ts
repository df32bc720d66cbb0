import { catalogue } from "../../core/catalogue/catalogue.ts";
import { exitCodeOfFailure, exitCodes } from "../../core/exit-codes.ts";
import type { HealthItem } from "../../core/results.ts";
import { health } from "../../features/health.ts";
import { healthLines } from "../../render/health.ts";
import { writeJson } from "../../render/ndjson.ts";
import { progressLine } from "../../render/progress.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export async function run(options: CommandOptions["health"], context: Context): Promise<number> {
  const { screen, global, redactor, interruption, now } = context;
  const project = await context.project("everything");
  interruption.onStop(() => {});
  const progress = progressLine(screen.err, global);
  const deps = project.sequenceDeps("testx integrations health", (event) =>
    progress.event(redactor.json(event as never)),
  );
  const offline = options.offline ?? project.config().switches.offline;
  const found = await health({ ...deps, offline }, options).finally(() => progress.clear());
  const items = redactor.json(found as never) as typeof found;
  if (global.json) writeJson(screen.out, { integrations: items } as never);
  else writeLines(screen.out, healthLines(items, screen.out.terminal, now()));
  return exitCodeOf(found);
}

/** What is down comes first, then what is missing, then what setup can do without. */
function exitCodeOf(items: readonly HealthItem[]): number {
  const codes = items.map(codeOf);
  const order = [exitCodes.failed, exitCodes.prerequisite, exitCodes.degraded];
  return order.find((code) => codes.includes(code)) ?? exitCodes.done;
}

function codeOf({ state, required, failure }: HealthItem): number {
  if (state === "healthy") return exitCodes.done;
  const code = failure && exitCodeOfFailure(failure, catalogue);
  if (code === exitCodes.prerequisite) return code;
  return state === "down" && required ? exitCodes.failed : exitCodes.degraded;
}
