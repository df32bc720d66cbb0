import type { Json } from "../core/json.ts";
import type { SimulationReport } from "../core/simulation.ts";

/** The moments of a story that went well are of no interest, unless all are asked for. */
export function reportJson(report: SimulationReport, all = false): Json {
  const stories = report.stories.map(({ moments, ...story }) =>
    all || story.violations.length > 0 ? { ...story, moments } : story,
  );
  return { ...report, stories } as unknown as Json;
}
