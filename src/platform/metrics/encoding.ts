import { type Counter, counters, type Figures, noFigures } from "../../core/metrics.ts";

/** As text, zeros and empty buckets left out. */
export function encode({ durations, ...counts }: Figures): string {
  const told = Object.entries(counts).filter(([, many]) => many > 0);
  const { buckets, count, sum, min, max } = durations;
  return JSON.stringify({
    ...Object.fromEntries(told),
    ...(count > 0 && { durations: { buckets: [...buckets], sum, min, max } }),
  });
}

/** @throws SyntaxError when it is not what `encode` gives */
export function decode(text: string): Figures {
  const given = JSON.parse(text) as Partial<Record<Counter, unknown>> & { durations?: unknown };
  const counts = counters.map((name) => [name, amount(given[name] ?? 0)]);
  return {
    ...(Object.fromEntries(counts) as Record<Counter, number>),
    durations: given.durations === undefined ? noFigures.durations : histogram(given.durations),
  };
}

function histogram(given: unknown): Figures["durations"] {
  const { buckets, sum, min, max } = given as Record<string, unknown>;
  if (!Array.isArray(buckets)) throw new SyntaxError("buckets are missing");
  const counts = new Map<number, number>();
  let count = 0;
  for (const pair of buckets as readonly unknown[]) {
    const [bucket, many] = pair as [unknown, unknown];
    if (!Number.isInteger(bucket)) throw new SyntaxError("a bucket is not a number");
    counts.set(bucket as number, amount(many));
    count += amount(many);
  }
  return { buckets: counts, count, sum: amount(sum), min: amount(min), max: amount(max) };
}

function amount(value: unknown): number {
  if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return value;
  throw new SyntaxError("an amount is not a number");
}
