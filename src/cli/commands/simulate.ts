import type { Json } from "../../core/json.ts";
import type { SimulationReport } from "../../core/simulation.ts";
import { Simulator } from "../../features/simulate/simulate.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import { explorationLines, scenarioLines, simulationLines } from "../../render/simulation.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { CommandOptions } from "../options.ts";
import { exitCodeOfEnd } from "../simulated-end.ts";
import { counting, tellActions, writeResults } from "../simulation-results.ts";

type Options = CommandOptions["simulate"];

export async function run(options: Options, context: Context): Promise<number> {
  const { openStage } = await import("../container.ts");
  const stage = await openStage(context, { realTime: options.realTime });
  const { signal } = context.interruption;
  const simulator = new Simulator({
    sequence: stage.config.sequence,
    own: stage.scenarios,
    universe: stage.universe,
    exitCodeOf: exitCodeOfEnd,
    now: () => performance.now(),
    stop: signal,
  });
  context.interruption.onStop(() => {});
  try {
    if (options.list) return await list(simulator, options, context);
    const { explore } = options;
    if (explore !== undefined) return await exploring(simulator, { ...options, explore }, context);
    return await playing(simulator, options, context);
  } finally {
    await stage.close();
  }
}

async function list(simulator: Simulator, options: Options, { screen, global }: Context) {
  const scenarios = await simulator.scenarios(options);
  if (global.json) writeJson(screen.out, scenarios as unknown as Json);
  else writeLines(screen.out, scenarioLines(scenarios, screen.out.terminal));
  return exitCodes.done;
}

async function exploring(
  simulator: Simulator,
  { seed, bail, explore: count }: Options & { readonly explore: number },
  context: Context,
): Promise<number> {
  const { screen, global, interruption } = context;
  const { explore } = await import("../../features/simulate/explore.ts");
  const deps = { simulator, now: () => performance.now(), stop: interruption.signal };
  const progress = counting(context);
  const found = await explore(deps, { seed, count, bail }, (played) =>
    progress.show(`${played} of ${count}`),
  ).finally(() => progress.clear());
  if (global.json) writeJson(screen.out, found as unknown as Json);
  else writeLines(screen.out, explorationLines(found, screen.out.terminal));
  return found.ok ? exitCodes.done : exitCodes.failed;
}

async function playing(simulator: Simulator, options: Options, context: Context): Promise<number> {
  const { screen, global } = context;
  const progress = counting(context);
  const report = await simulator
    .run(options, ({ scenario }) => progress.show(scenario.name))
    .finally(() => progress.clear());
  if (global.json) writeJson(screen.out, reportJson(report));
  else writeLines(screen.out, simulationLines(report, screen.out.terminal));
  await writeResults(report, options, context);
  tellActions(report, context);
  return report.ok ? exitCodes.done : exitCodes.failed;
}

/** The moments of a story that went well are of no interest. */
function reportJson(report: SimulationReport): Json {
  const stories = report.stories.map(({ moments, ...story }) =>
    story.violations.length === 0 ? story : { ...story, moments },
  );
  return { ...report, stories } as unknown as Json;
}
