import { type Cost, costsOf, estimateMs, type Totals } from "../core/estimate.ts";
import type { Forecast } from "../core/forecast.ts";
import type { Plan } from "../core/plan.ts";
import type { Forecasted } from "../core/planned-calls.ts";
import type { StepId } from "../core/step.ts";
import type { Session } from "../engine/deps.ts";
import type { Prepared } from "../engine/prepare.ts";
import { scopesOf } from "../engine/prerequisites.ts";
import { type Memory, remembering } from "../gateway/rehearse.ts";
import type { Through } from "./connect.ts";
import type { FeatureDeps } from "./deps.ts";
import { type Prediction, predict } from "./predict.ts";

export interface WithCalls {
  readonly plan: Plan;
  readonly totals: Totals;
  /** For those who may see what the digests are of: nothing of it is secret, but it is much. */
  readonly calls: ReadonlyMap<StepId, readonly Forecasted[]>;
}

/** How long a call takes where none could be measured, in ms. */
const usualMs = 300;

/**
 * For a plan that names the calls: `through` listens while the plan is made, so that nothing has
 * to be read twice; `of` then says what would be sent.
 */
export class CallsAsked {
  readonly #deps: FeatureDeps;
  readonly #started: number;
  readonly #memory: Memory = new Map();
  readonly #tookMs = new Map<string, number[]>();

  constructor(deps: FeatureDeps) {
    this.#deps = deps;
    this.#started = deps.clock.monotonic();
  }

  readonly through: Through = (transport, { integration, provider }) => {
    const { clock } = this.#deps;
    const took: number[] = this.#tookMs.get(integration) ?? [];
    this.#tookMs.set(integration, took);
    return remembering(
      async (url, init) => {
        const started = clock.monotonic();
        const reply = await transport(url, init);
        took.push(clock.monotonic() - started);
        return reply;
      },
      provider.wire,
      this.#memory,
    );
  };

  async of(prepared: Prepared): Promise<WithCalls> {
    const readingMs = this.#deps.clock.monotonic() - this.#started;
    const sessions = sessionsOf(prepared);
    const forecasts = new Map<string, Forecast | undefined>();
    for (const [id, { provider }] of sessions) forecasts.set(id, await provider.forecast?.());
    const prediction = await predict(
      this.#deps,
      { ...prepared, sessions, forecasts },
      this.#memory,
    );
    const cost = costsOf(charged(prepared, prediction, forecasts));
    return {
      plan: prepared.plan.map((item) => {
        const calls = prediction.calls.get(item.step);
        const unpredicted = prediction.unpredicted.get(item.step);
        return {
          ...item,
          calls: (calls ?? []).map(({ body: _, ...call }) => call),
          ...(unpredicted === undefined ? {} : { unpredicted }),
        };
      }),
      totals: {
        calls: counted(prepared, prediction),
        scopes: scopes(prepared, sessions),
        cost,
        estimateMs: this.#estimateMs(prepared, prediction, cost, readingMs, sessions),
      },
      calls: prediction.calls,
    };
  }

  #estimateMs(
    { steps }: Prepared,
    { calls }: Prediction,
    cost: readonly Cost[],
    readingMs: number,
    sessions: ReadonlyMap<string, Session>,
  ): number {
    return estimateMs({
      steps: steps.map(({ id, integration, after }) => ({
        ...{ id, integration, after },
        calls: calls.get(id)?.length ?? 0,
      })),
      readingMs,
      latencyMs: (integration) => median(this.#tookMs.get(integration) ?? []) ?? usualMs,
      writes: (integration) => sessions.get(integration)?.provider.concurrency.writes ?? 1,
      cost,
    });
  }
}

/** Of the integrations whose steps could be looked at. */
function sessionsOf({ planned }: Prepared): Map<string, Session> {
  const sessions = new Map<string, Session>();
  for (const seen of planned.values()) {
    if ("session" in seen) sessions.set(seen.spec.integration, seen.session);
  }
  return sessions;
}

function charged(
  { steps }: Prepared,
  { calls }: Prediction,
  forecasts: ReadonlyMap<string, Forecast | undefined>,
) {
  return steps.flatMap(({ id, integration }) =>
    (calls.get(id) ?? []).map(({ operation: name }) => ({
      integration,
      charges: forecasts.get(integration)?.charges({ name, write: true, idempotent: false }) ?? [],
    })),
  );
}

function counted({ steps }: Prepared, { calls }: Prediction): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { id, integration } of steps) {
    counts[integration] = (counts[integration] ?? 0) + (calls.get(id)?.length ?? 0);
  }
  return counts;
}

function scopes(
  { steps }: Prepared,
  sessions: ReadonlyMap<string, Session>,
): Record<string, string[]> {
  const needed: Record<string, string[]> = {};
  for (const step of steps) {
    const session = sessions.get(step.integration);
    if (session === undefined) continue;
    const known = needed[step.integration] ?? [];
    needed[step.integration] = [...new Set([...known, ...scopesOf(session, step)])];
  }
  return needed;
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
