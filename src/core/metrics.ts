import type { RunEvent } from "./events.ts";
import { type Histogram, HistogramBuilder, merged, noHistogram } from "./histogram.ts";
import type { RunId } from "./journal.ts";

/** Slower calls are counted as slow, in ms. */
export const slowMs = 5000;

/** What came of the requests of one operation. */
export interface Figures {
  /** Sent, by how they ended: taken effect or read; refused by a service that works; anything else. */
  readonly applied: number;
  readonly declined: number;
  readonly failed: number;
  readonly slow: number;
  /** Sent again after a failure. */
  readonly retries: number;
  /** Those that a rate limit held back, and for how long in all, in ms. */
  readonly waits: number;
  readonly waitedMs: number;
  /** Answered without asking, from an earlier answer that still counts or from one that does not. */
  readonly fresh: number;
  readonly stale: number;
  /** Asked whether an earlier answer still holds, and it did; or there was no earlier answer. */
  readonly revalidated: number;
  readonly missed: number;
  /** Not sent: refused by testx itself. */
  readonly refused: number;
  readonly durations: Histogram;
}

export const counters = [
  ...["applied", "declined", "failed", "slow", "retries", "waits", "waitedMs"],
  ...["fresh", "stale", "revalidated", "missed", "refused"],
] as readonly Exclude<keyof Figures, "durations">[];

export type Counter = (typeof counters)[number];

export const noFigures: Figures = {
  ...(Object.fromEntries(counters.map((name) => [name, 0])) as Record<Counter, number>),
  durations: noHistogram,
};

export function addFigures(one: Figures, other: Figures): Figures {
  const sums = counters.map((name) => [name, one[name] + other[name]]);
  return {
    ...(Object.fromEntries(sums) as Record<Counter, number>),
    durations: merged(one.durations, other.durations),
  };
}

/** Requests on the wire. */
export function sent({ applied, declined, failed }: Figures): number {
  return applied + declined + failed;
}

/** The figures of one operation over a time. */
export interface FiguresOf {
  readonly integration: string;
  readonly operation: string;
  readonly figures: Figures;
}

/** What a run's calls came to. */
export interface CallsOf {
  readonly run: RunId;
  /** Of its newest call, in ms since the epoch. */
  readonly at: number;
  /** Requests on the wire by integration. */
  readonly calls: Readonly<Record<string, number>>;
  readonly retries: number;
}

/**
 * Collects the figures of events. Whatever a service is asked, an operation's name is a pattern;
 * where it is not, only so many are told apart.
 */
export class Tally {
  #operations = new Map<string, Building>();
  #runs = new Map<RunId, { at: number; calls: Record<string, number>; retries: number }>();
  /** Those that are in the journal: a plan is none. */
  readonly #begun = new Set<RunId>();

  get empty(): boolean {
    return this.#operations.size === 0;
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case "run.started":
        this.#begun.add(event.run);
        return;
      case "call.finished": {
        const { calls } = this.#run(event);
        calls[event.integration] = (calls[event.integration] ?? 0) + 1;
        // Whoever pressed Ctrl-C has ended it: that says nothing of the service.
        if (event.reason === "RUN_INTERRUPTED") return;
        const { counts, durations } = this.#of(event);
        counts[endOf(event)] += 1;
        if (event.durationMs > slowMs) counts.slow += 1;
        if (event.waitedMs !== undefined) {
          counts.waits += 1;
          counts.waitedMs += event.waitedMs;
        }
        if (event.cache === "miss") counts.missed += 1;
        if (event.cache === "revalidated") counts.revalidated += 1;
        durations.add(event.durationMs);
        return;
      }
      case "call.retrying":
        this.#of(event).counts.retries += 1;
        this.#run(event).retries += 1;
        return;
      case "call.cached":
        this.#of(event).counts[event.state] += 1;
        return;
      case "call.refused":
        this.#of(event).counts.refused += 1;
    }
  }

  /** What was collected since it was last taken. */
  drain(): { readonly figures: readonly FiguresOf[]; readonly runs: readonly CallsOf[] } {
    const figures = Array.from(this.#operations.values(), (one) => ({
      ...{ integration: one.integration, operation: one.operation },
      figures: { ...one.counts, durations: one.durations.done() },
    }));
    const runs = Array.from(this.#runs, ([run, rest]) => ({ run, ...rest }));
    this.#operations = new Map();
    this.#runs = new Map();
    return { figures, runs };
  }

  #of({ integration, operation }: { integration: string; operation: string }): Building {
    const key = `${integration}\n${operation}`;
    let known = this.#operations.get(key);
    if (known === undefined) {
      const { durations: _, ...counts } = noFigures;
      known = { integration, operation, counts, durations: new HistogramBuilder() };
      this.#operations.set(key, known);
    }
    return known;
  }

  #run({ run, at }: RunEvent) {
    const known = this.#runs.get(run) ?? { at, calls: {}, retries: 0 };
    known.at = at;
    if (this.#begun.has(run)) this.#runs.set(run, known);
    return known;
  }
}

interface Building {
  readonly integration: string;
  readonly operation: string;
  readonly counts: Record<Counter, number>;
  readonly durations: HistogramBuilder;
}

type CallFinished = Extract<RunEvent, { type: "call.finished" }>;

/** A service that says no in good order, as to a read of what is not there, works. */
export function endOf({
  outcome,
  status,
  reason,
}: CallFinished): "applied" | "declined" | "failed" {
  if (outcome === "applied") return "applied";
  const works = outcome === "not-applied" && status !== undefined && status < 500 && status !== 408;
  const limited = status === 429 || /rate.?limit/i.test(reason ?? "");
  return works && !limited ? "declined" : "failed";
}

/** Keeps figures beyond the process: for 30 days, by the hour for the first 7 and then by the day. */
export interface MetricsStore {
  /** All of it or, when it cannot be kept, nothing: then it throws. */
  add(at: number, figures: readonly FiguresOf[], runs: readonly CallsOf[]): void;
  /** Since a time, in ms since the epoch: what is not finer than hours and days begins before it. */
  since(from: number): readonly (FiguresOf & { readonly start: number })[];
  /** Since the store was made, whatever has been forgotten: these never become less. */
  totals(): readonly FiguresOf[];
  runs(): ReadonlyMap<RunId, CallsOf>;
  close(): void;
}
