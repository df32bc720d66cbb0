import type { Totals } from "../core/estimate.ts";
import { type Failure, TestxError } from "../core/failure.ts";
import type { Plan, PlanItem } from "../core/plan.ts";
import type { SavedPlan } from "../core/saved-plan.ts";
import { prepareRun } from "../engine/prepare.ts";
import { Sessions } from "../engine/session.ts";
import type { CallsAsked } from "./calls.ts";
import { forRun, type SequenceDeps } from "./deps.ts";
import type { toSave as ToSave } from "./saved-plan.ts";

/** What setup would do. */
export interface PlanResult {
  readonly plan: Plan;
  /** Writes of an earlier run that setup will settle first, by title. */
  readonly unsettled: readonly string[];
  /** Why a setup would be degraded. */
  readonly degraded?: Failure;
  /** Where the calls were asked for. */
  readonly totals?: Totals;
  /** Where it was asked for: for `SetupOptions.plan`. */
  readonly saved?: SavedPlan;
}

export interface PlanOptions {
  /** Also say which writes setup would send; see `PlanItem.calls`. */
  readonly calls?: boolean | undefined;
  /** Also give the plan, with its calls, in a form that can be kept and set up later. */
  readonly save?: boolean | undefined;
}

/**
 * What setup would do now. Sends no write and records nothing. Throws TestxError when a
 * prerequisite is missing or a required service is down.
 */
export async function plan(deps: SequenceDeps, options: PlanOptions = {}): Promise<PlanResult> {
  const asked = options.calls || options.save ? await callsAsked(deps) : undefined;
  const { engine } = forRun(deps, "plan", asked?.through);
  const prepared = await prepareRun(engine, new Sessions(engine), deps.sequence, async () => []);
  if (prepared.failure) throw new TestxError(prepared.failure);
  const open = deps.journal.operations("open").filter(({ state }) => state === "open");
  const degraded = prepared.tally.failure;
  const unsettled = open.map(({ intent }) => intent.title);
  const foreseen = await asked?.of(prepared);
  const saved =
    foreseen && options.save ? await toSave(deps, prepared, foreseen, unsettled) : undefined;
  const rules = new Map(prepared.steps.map((step) => [step.id, prepared.rule(step).strategy]));
  const withFallback = (item: PlanItem): PlanItem => {
    const fallback = rules.get(item.step);
    return fallback === undefined ? item : { ...item, fallback };
  };
  return {
    plan: (foreseen?.plan ?? prepared.plan).map(withFallback),
    unsettled,
    ...(degraded ? { degraded } : {}),
    ...(foreseen ? { totals: foreseen.totals } : {}),
    ...(saved ? { saved } : {}),
  };
}

/** Loaded where it is asked for. */
async function callsAsked(deps: SequenceDeps): Promise<CallsAsked> {
  return new (await import("./calls.ts")).CallsAsked(deps);
}

async function toSave(...given: Parameters<typeof ToSave>): Promise<SavedPlan> {
  return (await import("./saved-plan.ts")).toSave(...given);
}
