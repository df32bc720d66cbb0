import type { Json } from "../../core/json.ts";
import { Simulator } from "../../features/simulate/simulate.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import { explorationLines, scenarioLines, simulationLines } from "../../render/simulation.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { CommandOptions } from "../options.ts";
import { exitCodeOfEnd } from "../simulated-end.ts";

export async function run(options: CommandOptions["simulate"], context: Context): Promise<number> {
  const { screen, global, interruption } = context;
  const { openStage } = await import("../container.ts");
  const stage = await openStage(context, { realTime: options.realTime });
  try {
    const simulator = new Simulator({
      sequence: stage.config.sequence,
      own: stage.scenarios,
      universe: stage.universe,
      exitCodeOf: exitCodeOfEnd,
      now: () => performance.now(),
      stop: interruption.signal,
    });
    interruption.onStop(() => {});
    if (options.list) {
      const scenarios = await simulator.scenarios(options);
      if (global.json) writeJson(screen.out, scenarios as unknown as Json);
      else writeLines(screen.out, scenarioLines(scenarios, screen.out.terminal));
      return exitCodes.done;
    }
    if (options.explore !== undefined) {
      const { seed, bail, explore: count } = options;
      const { explore } = await import("../../features/simulate/explore.ts");
      const deps = { simulator, now: () => performance.now(), stop: interruption.signal };
      const found = await explore(deps, { seed, count, bail }, () => {});
      if (global.json) writeJson(screen.out, found as unknown as Json);
      else writeLines(screen.out, explorationLines(found, screen.out.terminal));
      return found.ok ? exitCodes.done : exitCodes.failed;
    }
    const report = await simulator.run(options, () => {});
    if (global.json) writeJson(screen.out, reportJson(report));
    else writeLines(screen.out, simulationLines(report, screen.out.terminal));
    return report.ok ? exitCodes.done : exitCodes.failed;
  } finally {
    await stage.close();
  }
}

/** The moments of a story that went well are of no interest. */
function reportJson(report: Awaited<ReturnType<Simulator["run"]>>): Json {
  const stories = report.stories.map(({ moments, ...story }) =>
    story.violations.length === 0 ? story : { ...story, moments },
  );
  return { ...report, stories } as unknown as Json;
}
