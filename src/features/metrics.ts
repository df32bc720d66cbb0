import { quantile } from "../core/histogram.ts";
import {
  addFigures,
  type Figures,
  type FiguresOf,
  type MetricsStore,
  noFigures,
  sent,
} from "../core/metrics.ts";
import type { MetricsReport, Performance } from "../core/metrics-report.ts";

/** How calls went since `from`: from what is stored, no call is made. */
export function metrics(
  store: MetricsStore,
  { names, from, to }: { names: readonly string[]; from: number; to: number },
): MetricsReport {
  const rows = store.since(from).filter(wanted(names));
  const integrations = [...Map.groupBy(rows, ({ integration }) => integration)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([integration, mine]) => ({
      integration,
      ...performanceOf(sumOf(mine)),
      operations: [...Map.groupBy(mine, ({ operation }) => operation)]
        .map(([operation, rows]) => ({ operation, ...performanceOf(sumOf(rows)) }))
        .sort((a, b) => b.calls - a.calls || (a.operation < b.operation ? -1 : 1)),
    }));
  return { from: Math.min(from, ...rows.map(({ start }) => start)), to, integrations };
}

/** Everything since the store was made, of these integrations or of all: for counters. */
export function totals(store: MetricsStore, names: readonly string[]): readonly FiguresOf[] {
  return store.totals().filter(wanted(names));
}

function wanted(names: readonly string[]): (row: FiguresOf) => boolean {
  return ({ integration }) => names.length === 0 || names.includes(integration);
}

export function sumOf(rows: readonly FiguresOf[]): Figures {
  return rows.reduce((sum, { figures }) => addFigures(sum, figures), noFigures);
}

export function performanceOf(figures: Figures): Performance {
  const { durations, fresh, stale, revalidated, missed, waits, waitedMs } = figures;
  const { applied, declined, failed, slow, retries, refused } = figures;
  const calls = sent(figures);
  const looked = fresh + stale + revalidated + missed;
  return {
    ...{ calls, applied, declined, failed },
    ...(calls > 0 && { successRate: rounded((applied + declined) / calls, 4) }),
    ...latencies(durations),
    ...{ slow, retries, rateLimit: { waits, waitedMs: Math.round(waitedMs) } },
    cache: {
      ...{ hits: fresh + stale, stale, revalidated, misses: missed },
      ...(looked > 0 && { hitRate: rounded((looked - missed) / looked, 4) }),
    },
    refused,
  };
}

function latencies(durations: Figures["durations"]) {
  const { count, sum, min, max } = durations;
  if (count === 0) return {};
  const at = (q: number): number => rounded(quantile(durations, q) as number, 1);
  return {
    ...{ p50: at(0.5), p95: at(0.95), p99: at(0.99) },
    ...{ min: rounded(min, 1), max: rounded(max, 1), mean: rounded(sum / count, 1) },
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
