import { atMost } from "../core/histogram.ts";
import { type Figures, type FiguresOf, sent } from "../core/metrics.ts";

/** Upper bounds of the histogram, in seconds. */
const bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly samples: (figures: Figures) => readonly (readonly [Labels, number])[];
}

const counters: readonly Family[] = [
  {
    name: "testx_calls_total",
    help: "Requests sent, by how they ended.",
    samples: ({ applied, declined, failed }) => [
      [{ outcome: "applied" }, applied],
      [{ outcome: "declined" }, declined],
      [{ outcome: "failed" }, failed],
    ],
  },
  {
    name: "testx_slow_calls_total",
    help: "Requests that took more than 5 seconds.",
    samples: ({ slow }) => [[{}, slow]],
  },
  {
    name: "testx_retries_total",
    help: "Requests sent again after a failure.",
    samples: ({ retries }) => [[{}, retries]],
  },
  {
    name: "testx_rate_limit_waits_total",
    help: "Requests held back by a rate limit.",
    samples: ({ waits }) => [[{}, waits]],
  },
  {
    name: "testx_rate_limit_wait_seconds_total",
    help: "Time for which requests were held back by a rate limit.",
    samples: ({ waitedMs }) => [[{}, waitedMs / 1000]],
  },
  {
    name: "testx_cache_lookups_total",
    help: "Reads for which an earlier answer was looked for, by what was found.",
    samples: ({ fresh, stale, revalidated, missed }) => [
      [{ result: "fresh" }, fresh],
      [{ result: "stale" }, stale],
      [{ result: "revalidated" }, revalidated],
      [{ result: "miss" }, missed],
    ],
  },
  {
    name: "testx_refused_calls_total",
    help: "Calls that testx did not send: breaker open, queue full, offline.",
    samples: ({ refused }) => [[{}, refused]],
  },
];

/**
 * Prometheus' text format, version 0.0.4: counters and a histogram by integration and operation.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(totals: readonly FiguresOf[]): string {
  const families = counters.map(({ name, help, samples }) => [
    ...[`# HELP ${name} ${help}`, `# TYPE ${name} counter`],
    ...totals.flatMap((one) =>
      samples(one.figures).map(([labels, value]) => sample(name, { ...of(one), ...labels }, value)),
    ),
  ]);
  return `${[...families, latencies(totals)].flat().join("\n")}\n`;
}

function latencies(totals: readonly FiguresOf[]): string[] {
  const name = "testx_call_duration_seconds";
  const lines = [`# HELP ${name} How long requests took.`, `# TYPE ${name} histogram`];
  for (const one of totals) {
    const { durations } = one.figures;
    if (sent(one.figures) === 0) continue;
    for (const bound of bounds) {
      const le = String(bound);
      lines.push(sample(`${name}_bucket`, { ...of(one), le }, atMost(durations, bound * 1000)));
    }
    lines.push(
      sample(`${name}_bucket`, { ...of(one), le: "+Inf" }, durations.count),
      sample(`${name}_sum`, of(one), durations.sum / 1000),
      sample(`${name}_count`, of(one), durations.count),
    );
  }
  return lines;
}

function of({ integration, operation }: FiguresOf): Labels {
  return { integration, operation };
}

function sample(name: string, labels: Labels, value: number): string {
  const list = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}{${list.join(",")}} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
