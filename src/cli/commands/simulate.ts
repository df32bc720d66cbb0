import { exitCodes } from "../../core/exit-codes.ts";
import type { Json } from "../../core/json.ts";
import type { Story } from "../../core/simulation.ts";
import { exitCodeOfEnd } from "../../features/simulate/exit-code.ts";
import type { Player } from "../../features/simulate/player.ts";
import { Simulator } from "../../features/simulate/simulate.ts";
import { writeJson } from "../../render/ndjson.ts";
import { passingLine } from "../../render/progress.ts";
import { writeLines } from "../../render/renderer.ts";
import { explorationLines, scenarioLines, simulationLines } from "../../render/simulation.ts";
import { reportJson } from "../../render/simulation-json.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";
import { tellActions, writeResults } from "../simulation-results.ts";

type Options = CommandOptions["simulate"];

/** For fewer stories another thread is not worth its start. */
const worthAThread = 6;

export async function run(options: Options, context: Context): Promise<number> {
  if (options.initCi !== undefined) {
    const { initCi } = await import("../init-ci.ts");
    return initCi(options.initCi, options.force, context);
  }
  const { openStage } = await import("../container.ts");
  const stage = await openStage(context, { realTime: options.realTime });
  const simulator = new Simulator({
    sequence: stage.config.sequence,
    own: stage.scenarios,
    universe: stage.universe,
    exitCodeOf: exitCodeOfEnd,
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

/** With as many players as are of use for so many stories. */
async function played<T>(
  simulator: Simulator,
  stories: number,
  { jobs, realTime }: Options,
  context: Context,
  work: (players: readonly Player[]) => Promise<T>,
): Promise<T> {
  const { openCrew } = await import("../container.ts");
  const crew = await openCrew(context, (cores) => {
    const wanted = jobs ?? (realTime ? 1 : Math.min(cores, Math.ceil(stories / worthAThread)));
    // One of them plays in this thread.
    return Math.max(0, Math.min(wanted, stories) - 1);
  });
  try {
    return await work([simulator, ...crew.players]);
  } finally {
    await crew.close();
  }
}

async function exploring(
  simulator: Simulator,
  options: Options & { readonly explore: number },
  context: Context,
): Promise<number> {
  const { screen, global, interruption } = context;
  const { seed, bail, explore: count } = options;
  const { explore } = await import("../../features/simulate/explore.ts");
  const progress = passingLine(context.screen.err, global);
  const found = await played(simulator, count, options, context, (players) =>
    explore(
      { players, now: () => performance.now(), stop: interruption.signal },
      { seed, count, bail },
      (done, failed) =>
        progress.show(`Playing: ${done} of ${count}${failed ? `, ${failed} failed` : ""}`),
    ),
  ).finally(() => progress.clear());
  if (global.json) writeJson(screen.out, found as unknown as Json);
  else writeLines(screen.out, explorationLines(found, screen.out.terminal));
  return found.ok ? exitCodes.done : exitCodes.failed;
}

async function playing(simulator: Simulator, options: Options, context: Context): Promise<number> {
  const { screen, global, interruption } = context;
  const progress = passingLine(context.screen.err, global);
  const chosen = await simulator.scenarios(options);
  let ended = 0;
  const told = ({ scenario }: Story): void =>
    progress.show(`Playing: ${++ended} of ${chosen.length}: ${scenario.name}`);
  const report = await played(simulator, chosen.length, options, context, (players) =>
    simulator.run(
      chosen,
      options,
      { players, now: () => performance.now(), stop: interruption.signal },
      told,
    ),
  ).finally(() => progress.clear());
  if (global.json) writeJson(screen.out, reportJson(report, global.verbose));
  else writeLines(screen.out, simulationLines(report, screen.out.terminal, global.quiet));
  await writeResults(report, options, context);
  tellActions(report, context);
  return report.ok ? exitCodes.done : exitCodes.failed;
}
