import { beforeAll, describe, expect, test } from "vitest";
import { playAll, readme, withOutages } from "../../scripts/record/outages.ts";
import type { SimulationReport } from "../../src/core/simulation.ts";

let report: SimulationReport;
beforeAll(async () => {
  report = await playAll();
}, 300_000);

describe("every outage, on the sequence that testx comes with", () => {
  test("every expectation is met, and every rule holds", () => {
    const broken = report.stories.flatMap(({ scenario, violations }) =>
      violations.map(({ broken, message }) => `${scenario.name} ${broken}: ${message}`),
    );
    expect(broken).toEqual([]);
    expect([report.ok, report.left]).toEqual([true, 0]);
  });

  test("there are more than forty, each explained, and most befall each integration", () => {
    const ideas = new Set(report.stories.map(({ scenario }) => scenario.name.split("/")[0]));
    expect(ideas.size).toBeGreaterThanOrEqual(40);
    expect(report.stories.length).toBeGreaterThanOrEqual(110);
    for (const { scenario } of report.stories) {
      expect(scenario.about.length, scenario.name).toBeGreaterThan(30);
    }
  });

  test("the README shows them as `npm run record` would", () => {
    expect(readme()).toBe(withOutages(readme(), report));
  });

  test("hours of outage take less than two minutes", () => {
    console.log(`${report.stories.length} stories in ${report.durationMs} ms`);
    const simulated = report.stories.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
    expect(simulated).toBeGreaterThan(24 * 3_600_000);
    expect(report.durationMs).toBeLessThan(120_000);
  });
});
