import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { SimulationReport } from "../../src/core/simulation.ts";
import { matrixLines } from "../../src/render/simulation.ts";
import { duration } from "../../src/render/text.ts";

const begin = "<!-- outages: taken from a real run by `npm run record` -->\n";
const end = "<!-- /outages -->";

/** Plays every outage against the sequence that testx comes with. */
export async function playAll(): Promise<SimulationReport> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["bin/testx.js", "simulate", "--json"],
    { env: { PATH: process.env.PATH }, maxBuffer: 1e9 },
  ).catch((error: { stdout: string; stderr: string }) => {
    // Some did not hold: that is told as well.
    if (error.stdout?.startsWith("{")) return error;
    throw error;
  });
  return JSON.parse(stdout) as SimulationReport;
}

/** The README with the matrix of this run in its place. */
export function withOutages(readme: string, report: SimulationReport): string {
  const [before, rest = ""] = readme.split(begin);
  const after = rest.slice(rest.indexOf(end));
  if (after === "") throw new Error("README.md has no place for the outages.");
  const held = report.stories.filter(({ violations }) => violations.length === 0).length;
  const simulated = report.stories.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const lines = matrixLines(report, {
    ...{ color: false, unicode: true, interactive: false, width: Number.POSITIVE_INFINITY },
  });
  const sum = `${held} of ${report.stories.length} held: ${duration(simulated)} of outages.`;
  return `${before}${begin}${["```text", ...lines, "", sum, "```", ""].join("\n")}${after}`;
}

export const readme = (): string => readFileSync("README.md", "utf8");
