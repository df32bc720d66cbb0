import { type Failure, TestxError } from "../core/failure.ts";
import { operations } from "../core/ledger.ts";
import type { Plan } from "../core/plan.ts";
import { prepareRun } from "../engine/prepare.ts";
import { Sessions } from "../engine/session.ts";
import { forRun, type SequenceDeps } from "./deps.ts";

export interface PlanResult {
  readonly plan: Plan;
  /** Writes of an earlier run that setup will settle first, by title. */
  readonly unsettled: readonly string[];
  /** Why a setup would be degraded. */
  readonly degraded?: Failure;
}

/**
 * What setup would do now. Sends no write and records nothing. Throws TestxError when a
 * prerequisite is missing or a required service is down.
 */
export async function plan(deps: SequenceDeps): Promise<PlanResult> {
  const { engine } = forRun(deps, "plan");
  const prepared = await prepareRun(engine, new Sessions(engine), deps.sequence, async () => []);
  if (prepared.failure) throw new TestxError(prepared.failure);
  const open = operations(deps.journal.entries()).filter(({ state }) => state === "open");
  const degraded = prepared.tally.failure;
  return {
    plan: prepared.plan,
    unsettled: open.map(({ intent }) => intent.title),
    ...(degraded ? { degraded } : {}),
  };
}
