import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fail } from "../core/failure.ts";
import type { SimulationReport } from "../core/simulation.ts";
import { appendSummary } from "../render/github.ts";
import { junitXml, simulationAnnotations, simulationMarkdown } from "../render/simulation-files.ts";
import type { Context } from "./context.ts";
import { whyRefused } from "./why-refused.ts";

/** The files that were asked for. @throws TestxError SIMULATION_UNWRITABLE */
export async function writeResults(
  report: SimulationReport,
  { junit, markdown }: { readonly junit?: string; readonly markdown?: string },
  { io }: Context,
): Promise<void> {
  const write = async (file: string | undefined, text: () => string): Promise<void> => {
    if (file === undefined) return;
    try {
      await writeFile(resolve(io.cwd, file), text());
    } catch (error) {
      const message = `The results cannot be written to ${file}: ${whyRefused(error)}.`;
      fail("SIMULATION_UNWRITABLE", message, {}, error);
    }
  };
  await write(junit, () => junitXml(report));
  await write(markdown, () => simulationMarkdown(report));
}

/** Annotations and the summary of the job, where it is one of GitHub's. */
export function tellActions(report: SimulationReport, { io, screen, global }: Context): void {
  if (io.env.GITHUB_ACTIONS !== "true" || global.json) return;
  screen.err.write(simulationAnnotations(report));
  const summary = io.env.GITHUB_STEP_SUMMARY;
  if (summary) appendSummary(summary, simulationMarkdown(report), screen.err);
}
