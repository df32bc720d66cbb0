import { type Failure, failure } from "../core/failure.ts";
import { ruleFor } from "../core/fallback.ts";
import type { Target } from "../core/journal.ts";
import { equal, type JsonObject } from "../core/json.ts";
import type { Plan } from "../core/plan.ts";
import type { Receipt } from "../core/ports.ts";
import type { FallbackRule, Integration, Sequence, StepSpec } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import { conflictsIn } from "./conflict.ts";
import type { EngineDeps, Session } from "./deps.ts";
import { type Fate, fateOf } from "./missing.ts";
import type { Observation, Observer } from "./observe.ts";
import { observeAll } from "./observe-all.ts";
import { planOf } from "./plan-of.ts";
import { checkHealth, connectAll, healthFailure, together } from "./prerequisites.ts";
import type { Unsettled } from "./recover.ts";
import { ordered } from "./schedule.ts";
import type { Sessions } from "./session.ts";
import { Tally } from "./tally.ts";

/** Everything there is to know before the first write. */
export interface Prepared {
  readonly sequence: Sequence;
  readonly steps: readonly StepSpec[];
  readonly observer: Observer;
  readonly planned: ReadonlyMap<StepId, Observation | { failure: Failure }>;
  readonly plan: Plan;
  /** Steps that are not to run are settled in it already. */
  readonly tally: Tally;
  /** Why and how those are not to run whose integration is not there, in order. */
  readonly fates: readonly Fate[];
  readonly rule: (step: StepSpec) => FallbackRule;
  /** Why nothing may be written. */
  readonly failure: Failure | undefined;
}

/** Set where only some steps are carried out, that had been put off before. */
export interface CatchingUp {
  /** What the other steps of the sequence have left, by step. */
  readonly outside: ReadonlyMap<StepId, JsonObject>;
}

/** Codes that mean: nobody has set this integration up here. */
const notConfigured: ReadonlySet<string> = new Set(["ENV_MISSING", "SECRET_MISSING"]);

/**
 * Prerequisites, health and plan; sends no write. `settle` runs between health and plan, when
 * every service that is needed is known to answer; it is told the integrations that this run
 * goes without, and gives the writes of earlier runs that are still unsettled. Offline nothing
 * is asked: the plan is made from the last receipts. So it is where no service answers at all,
 * if there are receipts and no write of an earlier run is under way. `anew`: no earlier answer
 * to a health check counts.
 */
export async function prepareRun(
  deps: EngineDeps,
  sessions: Sessions,
  sequence: Sequence,
  settle: (without: ReadonlyMap<string, Failure>) => Promise<readonly Unsettled[]>,
  catchingUp?: CatchingUp,
  anew = false,
): Promise<Prepared> {
  const steps = ordered(sequence.steps);
  const tally = new Tally(catchingUp?.outside);
  const receipts = receiptsOf(deps, steps);
  const connected = await connectAll(deps, sessions, sequence);
  const observer: Observer = {
    deps,
    sessions,
    receipts,
    session: (integration) => connected.sessions.get(integration) as Session,
  };
  const out = new Map<string, Failure>();
  const unused = new Set<string>();
  const blocking: Failure[] = [];
  let offline = deps.offline === true;
  let remembered = false;
  const integrationOf = ({ integration }: StepSpec): Integration =>
    sequence.integrations.find(({ id }) => id === integration) as Integration;
  const rule = (step: StepSpec): FallbackRule => {
    if (unused.has(step.integration)) return { strategy: "skip" };
    if (catchingUp) return { strategy: "defer" };
    return offline ? { strategy: "cache" } : ruleFor(integrationOf(step), step);
  };
  const lose = (integration: Integration, cause: Failure): void => {
    const quiet = !integration.required && notConfigured.has(cause.code);
    if (quiet && !catchingUp) unused.add(integration.id);
    const rules = steps.filter((step) => step.integration === integration.id).map(rule);
    const stops =
      rules.length > 0
        ? rules.some(({ strategy }) => strategy === "fail")
        : integration.settings.fallback === "fail" && !offline;
    if (!quiet && stops) {
      blocking.push(cause);
      return;
    }
    out.set(integration.id, cause);
    if (!quiet) tally.degrade(cause);
    if (cause.code !== "OFFLINE") {
      deps.emit({ type: "integration.skipped", integration: integration.id, failure: cause });
    }
  };
  const nothing = (failure: Failure): Prepared => ({
    ...{ sequence, steps, observer, planned: new Map(), plan: [], tally, fates: [], rule, failure },
  });

  /** Whether this run may do the same write once more, were it not known to have happened. */
  const mayRepeat = ({ integration, kind, config }: Target): boolean =>
    !out.has(integration) &&
    steps.some((step) => step.integration === integration && step.kind === kind) &&
    equal(observer.session(integration).config, config);

  for (const integration of sequence.integrations) {
    const cause = connected.failures.get(integration.id);
    if (cause) lose(integration, cause);
  }
  if (blocking.length > 0) return nothing(together(blocking));

  const usable = sequence.integrations.filter(({ id }) => !out.has(id));
  if (offline) {
    const reason = "testx works offline: nothing is sent.";
    deps.emit({ type: "offline", integrations: usable.map(({ id }) => id), reason });
    tally.degrade(failure("OFFLINE", reason, { transient: true }));
    for (const integration of usable) lose(integration, offlineFailure(integration.id));
  } else {
    const down = await unhealthy(usable);
    const all = usable.length > 0 && down.size === usable.length;
    const reachesNothing = all && [...down.values()].every(isOutage);
    const settled = () => deps.journal.operations("open").length === 0;
    if (reachesNothing && !deps.strict && !catchingUp && receipts.size > 0 && settled()) {
      offline = true;
      const reason = "No service answers: what is known from before stands for what is there.";
      deps.emit({ type: "offline", integrations: usable.map(({ id }) => id), reason });
    }
    for (const integration of usable) {
      const cause = down.get(integration.id);
      if (cause) lose(integration, cause);
    }
  }
  if (blocking.length > 0) return nothing(together(blocking));

  for (const { operation, failure: cause } of await settle(out)) {
    const { target, title } = operation.intent;
    const unsettled = failure(
      "RUN_UNSETTLED",
      `What became of ${title} cannot be found out now: ${cause.message}`,
      { transient: cause.transient, details: { cause: cause.code } },
    );
    if (mayRepeat(target)) return nothing(unsettled);
    tally.degrade(unsettled);
  }

  const conflicts = conflictsIn(deps.journal.looseEnds());
  const settledReceipts: Observer = { ...observer, conflicts, receipts: receiptsOf(deps, steps) };
  const fates = await missing(settledReceipts);
  const planned = await observeAll(
    settledReceipts,
    steps.filter((step) => !out.has(step.integration)),
    (step) => tally.stateOf(step),
  );
  deps.stop.throwIfAborted();
  const failing = [...planned.values()].some((seen) => "failure" in seen && seen.failure.transient);
  if (remembered && failing) {
    // It went down after it had been asked: what has counted so far does not any more.
    return prepareRun(deps, sessions, sequence, settle, catchingUp, true);
  }
  for (const seen of planned.values()) {
    if ("failure" in seen && rule(seen.spec).strategy === "fail") blocking.push(seen.failure);
  }
  const plan = planOf(steps, planned, fates, tally, rule);
  return {
    ...{ sequence, steps, observer: settledReceipts, planned, plan, tally, fates, rule },
    failure: blocking.length > 0 ? together(blocking) : undefined,
  };

  /** By integration, why it cannot be used. */
  async function unhealthy(asked: readonly Integration[]): Promise<Map<string, Failure>> {
    const healths = await Promise.all(
      asked.map((integration) =>
        checkHealth(
          deps,
          sessions,
          integration,
          observer.session(integration.id),
          steps.filter((step) => step.integration === integration.id),
          {
            anew,
            remembered: () => {
              remembered = true;
            },
          },
        ),
      ),
    );
    return new Map(
      asked.flatMap(({ id }, at) => {
        const health = healths[at]!;
        return health.status === "down" ? [[id, healthFailure(id, health)]] : [];
      }),
    );
  }

  async function missing(remembering: Observer): Promise<Fate[]> {
    const found: Fate[] = [];
    const state = (step: StepId) => tally.stateOf(step) ?? remembering.receipts.get(step)?.state;
    const offlineDeps = offline ? { ...deps, offline } : deps;
    const looking: Observer = { ...remembering, deps: offlineDeps };
    for (const step of steps) {
      const cause = out.get(step.integration);
      if (!cause) continue;
      const { provider } = integrationOf(step);
      const fate = await fateOf(looking, step, provider, rule(step), cause, state);
      if (fate.status !== "cached") tally.missed(step.id, fate.status);
      if (fate.receipt) tally.remember(step.id, fate.receipt);
      if (fate.value) tally.pretend(step.id, fate.value);
      found.push(fate);
    }
    return found;
  }
}

/** Not a service that answers and says no: a token, a scope, an address that is wrong. */
function isOutage({ code, transient }: Failure): boolean {
  return transient || code === "HEALTH_CHECK_FAILED";
}

function offlineFailure(integration: string): Failure {
  const message = `${integration} is not asked: testx works offline.`;
  return failure("OFFLINE", message, { transient: true, integration });
}

/** A receipt tells nothing of a step that has become one of another kind. */
export function receiptsOf(
  { journal }: Pick<EngineDeps, "journal">,
  steps: readonly StepSpec[],
): Map<StepId, Receipt> {
  const all = journal.receipts();
  const known = steps.flatMap(({ id, kind }) => {
    const receipt = all.get(id);
    return receipt?.kind === kind ? [[id, receipt] as const] : [];
  });
  return new Map(known);
}
