import { type Failure, failure } from "../core/failure.ts";
import type { Target } from "../core/journal.ts";
import { equal } from "../core/json.ts";
import type { Plan, PlanItem } from "../core/plan.ts";
import type { Receipt } from "../core/ports.ts";
import type { Integration, Sequence, StepSpec } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import { conflictsIn } from "./conflict.ts";
import type { EngineDeps, Session } from "./deps.ts";
import type { Observation, Observer } from "./observe.ts";
import { observeAll } from "./observe-all.ts";
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
  /** Why nothing may be written. */
  readonly failure: Failure | undefined;
}

/** Codes that mean: nobody has set this integration up here. */
const notConfigured: ReadonlySet<string> = new Set(["ENV_MISSING", "SECRET_MISSING"]);

/**
 * Prerequisites, health and plan; sends no write. `settle` runs between health and plan, when
 * every service that is needed is known to answer; it is told the integrations that this run
 * goes without, and gives the writes of earlier runs that are still unsettled.
 */
export async function prepareRun(
  deps: EngineDeps,
  sessions: Sessions,
  sequence: Sequence,
  settle: (without: ReadonlyMap<string, Failure>) => Promise<readonly Unsettled[]>,
): Promise<Prepared> {
  const steps = ordered(sequence.steps);
  const tally = new Tally();
  const receipts = receiptsOf(deps, steps);
  const connected = await connectAll(deps, sessions, sequence);
  const observer: Observer = {
    deps,
    sessions,
    receipts,
    session: (integration) => connected.sessions.get(integration) as Session,
  };
  const out = new Map<string, Failure>();
  const blocking: Failure[] = [];
  const lose = (integration: Integration, cause: Failure): void => {
    const quiet = !integration.required && notConfigured.has(cause.code);
    const { fallback } = integration.settings;
    if (!quiet && fallback === "fail") {
      blocking.push(cause);
      return;
    }
    out.set(integration.id, cause);
    if (!quiet) tally.degrade(cause);
    deps.emit({ type: "integration.skipped", integration: integration.id, failure: cause });
    for (const step of steps.filter((step) => step.integration === integration.id)) {
      settleMissing(tally, step.id, quiet ? "skip" : fallback, receipts);
    }
  };
  const nothing = (failure: Failure): Prepared => ({
    ...{ sequence, steps, observer, planned: new Map(), plan: [], tally, failure },
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
  const healths = await Promise.all(
    usable.map((integration) =>
      checkHealth(
        deps,
        sessions,
        integration,
        observer.session(integration.id),
        steps.filter((step) => step.integration === integration.id),
      ),
    ),
  );
  usable.forEach((integration, at) => {
    const health = healths[at]!;
    if (health.status === "down") lose(integration, healthFailure(integration.id, health));
  });
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
  const planned = await observeAll(
    settledReceipts,
    steps.filter((step) => !out.has(step.integration)),
  );
  deps.stop.throwIfAborted();
  for (const seen of planned.values()) {
    if (!("failure" in seen)) continue;
    const integration = sequence.integrations.find(({ id }) => id === seen.spec.integration)!;
    if (integration.settings.fallback === "fail") blocking.push(seen.failure);
  }
  const plan = steps.map((step) => itemOf(step, planned.get(step.id), out.get(step.integration)));
  return {
    ...{ sequence, steps, observer: settledReceipts, planned, plan, tally },
    failure: blocking.length > 0 ? together(blocking) : undefined,
  };
}

/** A receipt tells nothing of a step that has become one of another kind. */
function receiptsOf(deps: EngineDeps, steps: readonly StepSpec[]): Map<StepId, Receipt> {
  const all = deps.journal.receipts();
  const known = steps.flatMap(({ id, kind }) => {
    const receipt = all.get(id);
    return receipt?.kind === kind ? [[id, receipt] as const] : [];
  });
  return new Map(known);
}

function settleMissing(
  tally: Tally,
  step: StepId,
  fallback: Integration["settings"]["fallback"],
  receipts: ReadonlyMap<StepId, Receipt>,
): void {
  const receipt = receipts.get(step);
  tally.missed(step, fallback === "skip" ? "skipped" : "deferred");
  if (fallback === "cache" && receipt) tally.done(step, receipt.state);
}

function itemOf(
  step: StepSpec,
  seen: Observation | { failure: Failure } | undefined,
  lost: Failure | undefined,
): PlanItem {
  if (seen && "item" in seen) return seen.item;
  const cause = lost ?? seen?.failure;
  return {
    step: step.id,
    integration: step.integration,
    kind: step.kind,
    title: step.id,
    action: lost ? "skipped" : "blocked",
    changes: [],
    unknown: [],
    ...(cause ? { reason: cause.message } : {}),
  };
}
