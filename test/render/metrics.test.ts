import { describe, expect, it } from "vitest";
import { histogramOf } from "../../src/core/histogram.ts";
import { type Figures, type FiguresOf, noFigures } from "../../src/core/metrics.ts";
import { metrics } from "../../src/features/metrics.ts";
import { metricsLines } from "../../src/render/metrics.ts";
import { prometheusText } from "../../src/render/prometheus.ts";
import { width } from "../../src/render/text.ts";
import fc from "../support/property.ts";
import { parseExposition } from "./exposition.ts";
import { noon } from "./recordings.ts";

const figures = (given: Partial<Figures>, ...durations: number[]): Figures => ({
  ...{ ...noFigures, ...given, durations: histogramOf(durations) },
});
const rows: readonly FiguresOf[] = [
  {
    integration: "slack",
    operation: "conversations.list",
    figures: figures({ applied: 2, retries: 1, fresh: 3, missed: 1 }, 80, 120),
  },
  {
    integration: "github",
    operation: "PATCH /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}",
    figures: figures({ applied: 1, failed: 2, slow: 2, waits: 1, waitedMs: 1500 }, 90, 6000, 7000),
  },
];
const store = {
  since: () => rows.map((row) => ({ ...row, start: noon })),
  totals: () => rows,
  runs: () => new Map(),
  add: () => {},
  close: () => {},
};
const report = metrics(store, { names: [], from: noon, to: noon + 1000 });
const terminal = { color: false, unicode: true, width: 80, interactive: true };

describe("metrics as a table", () => {
  it("leaves out what says nothing and gives long names a line of their own", () => {
    expect(`${metricsLines(report, terminal).join("\n")}\n`).toMatchInlineSnapshot(`
      "                   calls     ok   p50    p95    p99  slow  retries  held  cached
      github                 3  33.3%  5.9s   7.0s   7.0s     2        0  1.5s       -
        PATCH /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}
                             3  33.3%  5.9s   7.0s   7.0s     2        0  1.5s       -
      slack                  2   100%  81ms  120ms  120ms     0        1     0     75%
        conversations.list
                             2   100%  81ms  120ms  120ms     0        1     0     75%

      5 calls since 2026-01-02T12:00:00Z.
      "
    `);
  });

  it.each([80, 60, 44, 100])("fits %d columns but for names that are longer", (columns) => {
    for (const line of metricsLines(report, { ...terminal, width: columns })) {
      if (line.includes("{")) continue;
      expect(width(line), line).toBeLessThanOrEqual(columns);
    }
  });

  it("says what to do where nothing was called", () => {
    const none = metricsLines({ ...report, integrations: [] }, terminal);
    expect(none.join(" ")).toContain("No call has been made since 2026-01-02T12:00:00Z.");
  });
});

describe("metrics for Prometheus", () => {
  it("are counters and a histogram", () => {
    const families = parseExposition(prometheusText(rows));
    const of = (name: string, labels: object) =>
      families.get(name)?.samples.find((sample) => {
        const wanted = { ...sample.labels, ...labels };
        return JSON.stringify(wanted) === JSON.stringify(sample.labels);
      })?.value;
    const github = { integration: "github" };
    expect(of("testx_calls_total", { ...github, outcome: "failed" })).toBe(2);
    expect(of("testx_calls_total", { integration: "slack", outcome: "applied" })).toBe(2);
    expect(of("testx_rate_limit_wait_seconds_total", github)).toBe(1.5);
    expect(of("testx_cache_lookups_total", { result: "fresh" })).toBe(3);
    expect(of("testx_call_duration_seconds", { ...github, le: "0.1" })).toBe(1);
    expect(of("testx_call_duration_seconds", { ...github, le: "5" })).toBe(1);
    expect(of("testx_call_duration_seconds", { ...github, le: "10" })).toBe(3);
  });

  it("are valid whatever an operation is called", () => {
    const name = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constant('a"b\\c\nd{}, '));
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 5 }),
        fc.array(fc.nat(100_000)),
        (names, ms) => {
          const some = names.map((operation) => ({
            ...{ integration: "x", operation },
            figures: figures({ applied: ms.length }, ...ms),
          }));
          const calls =
            parseExposition(prometheusText(some)).get("testx_calls_total")?.samples ?? [];
          expect(new Set(calls.map(({ labels }) => labels.operation))).toEqual(new Set(names));
        },
      ),
    );
  });

  it("are valid where there is nothing", () => {
    expect(
      [...parseExposition(prometheusText([])).values()].flatMap(({ samples }) => samples),
    ).toEqual([]);
  });
});
