import { exitCodes } from "../../core/exit-codes.ts";
import { fail } from "../../core/failure.ts";
import { type Ignore, joinIgnores, parseIgnore } from "../../core/ignore.ts";
import type { StepId } from "../../core/step.ts";
import { didYouMean } from "../../core/suggest.ts";
import { drift } from "../../features/drift.ts";
import { driftLines } from "../../render/drift.ts";
import { writeJson } from "../../render/ndjson.ts";
import { progressLine } from "../../render/progress.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import { nowhere } from "../nothing.ts";
import { offlineGiven } from "../offline.ts";
import type { CommandOptions } from "../options.ts";

export async function run(options: CommandOptions["drift"], context: Context): Promise<number> {
  const { screen, global, redactor, interruption } = context;
  const project = await context.project("recorded");
  const sequence = project.sequence();
  const known = [
    ...(sequence?.steps.map(({ id }) => id) ?? []),
    ...project.journal.receipts().keys(),
  ];
  const ignore = ignored(options.ignore, known);
  interruption.onStop(() => {});
  const progress = progressLine(screen.err, global);
  const deps = project.deps("testx integrations drift", (event) =>
    progress.event(redactor.json(event as never)),
  );
  const given = { ...deps, ...offlineGiven(options), sequence };
  const report = await drift(given, { ignore }).finally(() => progress.clear());
  const shown = redactor.json(report as never) as typeof report;
  // Whoever asks for the code would take it for "nothing has changed", in the wrong folder for ever.
  const isNowhere = shown.steps.length === 0 && !project.configured;
  if (isNowhere && options.exitCode)
    fail("CONFIG_NOT_FOUND", "There is no configuration here, and nothing is remembered.");
  if (global.json) writeJson(screen.out, shown as never);
  else {
    const none = shown.steps.length === 0 ? nowhere(context, project) : undefined;
    const holder = shown.unsettled.length > 0 ? project.holder() : undefined;
    writeLines(screen.out, none ?? driftLines(shown, screen.out.terminal, holder));
  }
  if (options.exitCode && report.drift) return exitCodes.changes;
  return report.counts.unreachable > 0 ? exitCodes.degraded : exitCodes.done;
}

function ignored(given: readonly string[], known: readonly StepId[]): Map<StepId, Ignore> {
  const rules = new Map<StepId, Ignore>();
  for (const text of given) {
    const parsed = parseIgnore(text);
    if (parsed === undefined || !known.includes(parsed.step)) {
      const hint = didYouMean(parsed?.step ?? text, known);
      return fail("STEP_UNKNOWN", `There is no step "${text}" to ignore.${hint}`);
    }
    rules.set(parsed.step, joinIgnores(rules.get(parsed.step), parsed.rule) as Ignore);
  }
  return rules;
}
