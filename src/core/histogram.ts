/**
 * Durations counted in buckets that grow by a fixed factor, so that a quantile is at most 1 % off
 * whatever the durations are, and two histograms become one by adding their counts.
 * @see https://www.vldb.org/pvldb/vol12/p2195-masson.pdf (DDSketch)
 */
export interface Histogram {
  /** How many durations there were in each bucket, by the bucket's number; empty ones left out. */
  readonly buckets: ReadonlyMap<number, number>;
  readonly count: number;
  /** In ms, as are the others. */
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export const noHistogram: Histogram = { buckets: new Map(), count: 0, sum: 0, min: 0, max: 0 };

/** How far off a quantile is at most, as a share of it. */
export const accuracy = 0.01;
const growth = (1 + accuracy) / (1 - accuracy);
const step = Math.log(growth);

/** Between these, in ms, the accuracy holds; what lies outside counts as the nearest of them. */
export const measured = { least: 0.1, most: 10_000_000 } as const;

/** Bucket `i` holds what is more than `growth ** (i - 1)` and at most `growth ** i`. */
function bucketOf(ms: number): number {
  const within = Math.min(measured.most, Math.max(measured.least, ms));
  return Math.ceil(Math.log(within) / step);
}

/** The duration of which nothing in the bucket is further than `accuracy` away. */
function middle(bucket: number): number {
  return (2 * growth ** bucket) / (growth + 1);
}

export function histogramOf(durations: Iterable<number>): Histogram {
  const building = new HistogramBuilder();
  for (const ms of durations) building.add(ms);
  return building.done();
}

/** Counts durations one by one. */
export class HistogramBuilder {
  readonly #buckets = new Map<number, number>();
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  /** Clocks that ran backwards count as no time at all. */
  add(duration: number): void {
    const ms = Math.max(duration, 0);
    const bucket = bucketOf(ms);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#count += 1;
    this.#sum += ms;
    if (ms < this.#min) this.#min = ms;
    if (ms > this.#max) this.#max = ms;
  }

  done(): Histogram {
    if (this.#count === 0) return noHistogram;
    return {
      buckets: new Map(this.#buckets),
      ...{ count: this.#count, sum: this.#sum, min: this.#min, max: this.#max },
    };
  }
}

/** As if all durations had been counted in one. */
export function merged(one: Histogram, other: Histogram): Histogram {
  if (one.count === 0) return other;
  if (other.count === 0) return one;
  const buckets = new Map(one.buckets);
  for (const [bucket, many] of other.buckets)
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + many);
  return {
    buckets,
    count: one.count + other.count,
    sum: one.sum + other.sum,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
  };
}

/**
 * The duration that the share `q` (0 to 1) of all durations does not exceed, in ms;
 * `undefined` where there are none.
 */
export function quantile({ buckets, count, min, max }: Histogram, q: number): number | undefined {
  if (count === 0) return undefined;
  const rank = Math.max(1, Math.ceil(q * count));
  let seen = 0;
  for (const bucket of [...buckets.keys()].sort((a, b) => a - b)) {
    seen += buckets.get(bucket) as number;
    if (seen >= rank) return Math.min(max, Math.max(min, middle(bucket)));
  }
  return max;
}

/** How many durations were at most so long, in ms; those within the accuracy of it may be missed. */
export function atMost({ buckets }: Histogram, ms: number): number {
  let many = 0;
  for (const [bucket, count] of buckets) if (middle(bucket) <= ms) many += count;
  return many;
}
