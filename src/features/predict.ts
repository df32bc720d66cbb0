import type { Forecast } from "../core/forecast.ts";
import { type Forecasted, forecasted, type Pretended, type Take } from "../core/planned-calls.ts";
import type { StepId } from "../core/step.ts";
import { Unknowns } from "../core/unknowns.ts";
import type { Session } from "../engine/deps.ts";
import type { Prepared } from "../engine/prepare.ts";
import { type Rehearsed, rehearse } from "../engine/rehearse.ts";
import { Sessions } from "../engine/session.ts";
import { type Memory, rehearsing } from "../gateway/rehearse.ts";
import type { Through } from "./connect.ts";
import type { FeatureDeps } from "./deps.ts";

export interface Prediction {
  /** In the order of the plan; steps that write nothing have an empty list. */
  readonly calls: ReadonlyMap<StepId, readonly Forecasted[]>;
  /** Why not all of a step's calls are known. */
  readonly unpredicted: ReadonlyMap<StepId, string>;
}

export interface Foreseeable extends Prepared {
  /** By integration. */
  readonly sessions: ReadonlyMap<string, Session>;
  readonly forecasts: ReadonlyMap<string, Forecast | undefined>;
}

interface Performance {
  readonly rehearsed: readonly Rehearsed[];
  readonly calls: ReadonlyMap<StepId, readonly Pretended[]>;
  readonly unknowns: Unknowns;
}

/**
 * The writes that setup would send now: its own code carries out every step, twice, on
 * connections which no write passes, with other stand-ins for what is not known yet. What
 * differs between the two depends on it. `memory` has what the plan has read already.
 */
export async function predict(
  deps: FeatureDeps,
  prepared: Foreseeable,
  memory: Memory,
): Promise<Prediction> {
  const secrets = new Set<string>();
  const [a, b] = [
    await perform(deps, prepared, memory, secrets, "a"),
    await perform(deps, prepared, memory, secrets, "b"),
  ];
  const calls = new Map<StepId, readonly Forecasted[]>();
  const unpredicted = new Map<StepId, string>();
  for (const { step, failure: cause } of a.rehearsed) {
    const [one, other] = [takeOf(a, step), takeOf(b, step)];
    const both = forecasted([one, other], deps.sha256, secrets);
    calls.set(step, both ?? []);
    if (cause !== undefined) unpredicted.set(step, a.unknowns.settled(cause.message));
    else if (both === undefined) unpredicted.set(step, "they depend on what is known only later");
  }
  return { calls, unpredicted };
}

function takeOf({ calls, unknowns }: Performance, step: StepId): Take {
  return { calls: calls.get(step) ?? [], unknowns };
}

async function perform(
  deps: FeatureDeps,
  prepared: Foreseeable,
  memory: Memory,
  secrets: Set<string>,
  salt: string,
): Promise<Performance> {
  const unknowns = new Unknowns(salt);
  const calls = new Map<StepId, Pretended[]>();
  let current: StepId = "";
  const through: Through = (transport, { integration, provider, url }) => {
    const forecast = prepared.forecasts.get(integration);
    return rehearsing(transport, {
      ...{ wire: provider.wire, base: url, memory, forecast },
      stage: {
        past: [],
        text: (what, form) => unknowns.text(`${current}.${what}`, form),
        number: (what) => unknowns.number(`${current}.${what}`),
        isUnknown: (text) => unknowns.isIn(text),
      },
      wrote({ operation, method, path, body }) {
        const call = { operation: operation.name, method, path, body };
        calls.set(current, [...(calls.get(current) ?? []), call]);
      },
    });
  };
  const emit = (): void => {};
  const engine = {
    ...{ ...deps, ...deps.connector(emit, through, "none"), emit },
    effects: () => 0,
    unsureAt: () => undefined,
    // What was to be waited for, the plan has waited for.
    settleMs: () => 0,
    remember(secret: string) {
      secrets.add(secret);
      deps.remember(secret);
    },
  };
  const sessions = new Sessions(engine);
  const open = new Map<string, Session>();
  for (const [id, { provider, config }] of prepared.sessions) {
    open.set(id, await sessions.session(id, provider.id, config));
  }
  const observer = {
    ...{ deps: engine, sessions, receipts: prepared.observer.receipts },
    session: (integration: string) => open.get(integration) as Session,
  };
  const begin = (step: StepId): void => {
    current = step;
  };
  const rehearsed = await rehearse(observer, prepared, unknowns, begin);
  return { rehearsed, calls, unknowns };
}
