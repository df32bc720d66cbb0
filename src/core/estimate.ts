import type { Charge } from "./forecast.ts";
import type { StepId } from "./step.ts";

/** How much of one limit of a service the planned calls use. */
export interface Cost {
  readonly integration: string;
  /** `chat.postMessage`, `points` */
  readonly budget: string;
  readonly used: number;
  readonly limit: number;
  readonly windowMs: number;
}

/** What all planned writes come to. */
export interface Totals {
  /** Planned writes by integration. */
  readonly calls: Readonly<Record<string, number>>;
  /** Scopes and permissions that the steps need, in the services' own words, by integration. */
  readonly scopes: Readonly<Record<string, readonly string[]>>;
  readonly cost: readonly Cost[];
  /** About how long setup will take, in ms. */
  readonly estimateMs: number;
}

export function costsOf(
  charged: readonly { readonly integration: string; readonly charges: readonly Charge[] }[],
): Cost[] {
  const costs = new Map<string, Cost>();
  for (const { integration, charges } of charged) {
    for (const { budget, amount, limit, windowMs } of charges) {
      const key = JSON.stringify([integration, budget, windowMs]);
      const used = (costs.get(key)?.used ?? 0) + amount;
      costs.set(key, { integration, budget, used, limit, windowMs });
    }
  }
  return [...costs.values()];
}

export interface Estimated {
  /** In dependency order. */
  readonly steps: readonly {
    readonly id: StepId;
    readonly integration: string;
    readonly after: readonly StepId[];
    readonly calls: number;
  }[];
  /** How long the reads took that a setup makes as well. */
  readonly readingMs: number;
  /** How long one call takes, in ms. */
  latencyMs(integration: string): number;
  /** How many writes may be under way at once. */
  writes(integration: string): number;
  readonly cost: readonly Cost[];
}

/**
 * The reads, then the larger of the longest chain of steps and each service's calls at its
 * concurrency, then one more read to verify, and what a service makes wait whose limit is less
 * than is needed.
 */
export function estimateMs({ steps, readingMs, latencyMs, writes, cost }: Estimated): number {
  const ends = new Map<StepId, number>();
  const busy = new Map<string, number>();
  let longest = 0;
  for (const { id, integration, after, calls } of steps) {
    const workMs = calls * latencyMs(integration);
    const startMs = Math.max(0, ...after.map((before) => ends.get(before) ?? 0));
    ends.set(id, startMs + workMs);
    longest = Math.max(longest, startMs + workMs);
    if (calls > 0) busy.set(integration, (busy.get(integration) ?? 0) + workMs);
  }
  for (const [integration, ms] of busy) longest = Math.max(longest, ms / writes(integration));
  const checkMs = Math.max(0, ...[...busy.keys()].map(latencyMs));
  const waits = cost.map(({ used, limit, windowMs }) =>
    used > limit ? ((used - limit) / limit) * windowMs : 0,
  );
  return Math.round(readingMs + longest + checkMs + Math.max(0, ...waits));
}
