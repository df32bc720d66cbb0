import { exitCodes } from "../../core/exit-codes.ts";
import { fail } from "../../core/failure.ts";
import { metrics, totals } from "../../features/metrics.ts";
import { metricsLines } from "../../render/metrics.ts";
import { writeJson } from "../../render/ndjson.ts";
import { prometheusText } from "../../render/prometheus.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import { nowhere } from "../nothing.ts";
import type { CommandOptions } from "../options.ts";
import { unknownIntegration } from "../unknown-integration.ts";

export async function run(options: CommandOptions["metrics"], context: Context): Promise<number> {
  const { screen, global, redactor, now } = context;
  if (options.prometheus && global.json) {
    fail("CLI_BAD_ARGUMENT", "Choose one of --prometheus and --json.");
  }
  const { names, since, prometheus } = options;
  const project = await context.project(names.length > 0 ? "remembered" : "journal");
  const store = await project.metrics();
  const configured = project.sequence()?.integrations.map(({ id }) => id) ?? [];
  const recorded = store.totals().map(({ integration }) => integration);
  const known = [...new Set([...configured, ...recorded])];
  for (const name of names) if (!known.includes(name)) unknownIntegration(name, known);
  if (prometheus) {
    screen.out.write(prometheusText(totals(store, names)));
    return exitCodes.done;
  }
  const to = now();
  const report = metrics(store, { names, from: to - since, to });
  const shown = redactor.json(report as never) as typeof report;
  if (global.json) writeJson(screen.out, shown as never);
  else {
    const none = shown.integrations.length === 0 ? nowhere(context, project) : undefined;
    writeLines(screen.out, none ?? metricsLines(shown, screen.out.terminal));
  }
  return exitCodes.done;
}
