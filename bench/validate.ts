import type { Json } from "../src/core/json.ts";
import { checkGraph } from "../src/core/validate/sequence.ts";
import { parseJson } from "../src/platform/config/json.ts";

/**
 * What checking a sequence of 100,000 dependencies costs beside JSON.parse of the same
 * document: duplicates, dangling names, references, cycles, order. Interleaved in one run.
 * Goal: at most 0.6.
 */
const integrations = 10;
const stepsEach = 1_000;
const dependenciesEach = 10;

function document(): string {
  const all: Record<string, Json> = {};
  for (let owner = 0; owner < integrations; owner++) {
    const steps: Record<string, Json> = {};
    for (let index = 0; index < stepsEach; index++) {
      const dependsOn: string[] = [];
      for (let back = 1; back <= dependenciesEach && back <= index; back++) {
        dependsOn.push(`step-${index - back * 7 >= 0 ? index - back * 7 : index - back}`);
      }
      steps[`step-${index}`] = { kind: "label", dependsOn: [...new Set(dependsOn)] };
    }
    all[`part-${owner}`] = {
      provider: "github",
      dependsOn: owner > 0 ? [`part-${owner - 1}`] : [],
      steps,
    };
  }
  return JSON.stringify({ version: 1, integrations: all });
}

const text = document();
const edges = text.split('"step-').length - 1 - integrations * stepsEach;
const times: Record<"parse" | "check" | "positions", number[]> = {
  parse: [],
  check: [],
  positions: [],
};

function timed<T>(name: keyof typeof times, work: () => T): T {
  const start = performance.now();
  const result = work();
  times[name].push(performance.now() - start);
  return result;
}

for (let round = 0; round < 40; round++) {
  const parsed = timed("parse", () => JSON.parse(text) as Json);
  const { findings } = timed("check", () => checkGraph(parsed));
  if (findings.length > 0) throw new Error(`unexpected: ${findings[0]?.message}`);
  const { problems } = timed("positions", () => parseJson(text));
  if (problems.length > 0) throw new Error(`unexpected: ${problems[0]?.message}`);
}

const median = (values: readonly number[]) =>
  [...values.slice(5)].sort((a, b) => a - b)[Math.floor((values.length - 5) / 2)] as number;
const parse = median(times.parse);
const ratio = (name: keyof typeof times) => (median(times[name]) / parse).toFixed(2);
process.stdout.write(
  [
    `${edges} dependencies, ${(text.length / 1024).toFixed(0)} KiB, × JSON.parse (${parse.toFixed(1)} ms)`,
    `check the graph          ${ratio("check")}   goal ≤ 0.60`,
    `read with positions      ${ratio("positions")}`,
    "",
  ].join("\n"),
);
