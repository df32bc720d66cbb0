import { deferredIn } from "../core/deferred.ts";
import type { StaleReceipt } from "../core/events.ts";
import type { Failure } from "../core/failure.ts";
import type { Counts, EntryBody, RunId, RunOutcome, StepResidue } from "../core/journal.ts";
import type { JsonObject } from "../core/json.ts";
import { writes } from "../core/plan.ts";
import type { Sequence, StepSpec } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import { Deferrals } from "./deferrals.ts";
import type { EngineDeps } from "./deps.ts";
import { type CatchingUp, type Prepared, prepareRun } from "./prepare.ts";
import { settleOpen, type Unsettled } from "./recover.ts";
import { runInOrder } from "./schedule.ts";
import type { Sessions } from "./session.ts";
import { StepRunner, type ToVerify } from "./steps.ts";
import { type Doubt, sweep } from "./sweep.ts";
import { unwind } from "./unwind.ts";
import { verify } from "./verify.ts";

export interface RunResult {
  readonly outcome: RunOutcome;
  readonly counts: Counts;
  readonly residue: readonly StepResidue[];
  readonly receipts: Readonly<Record<StepId, JsonObject>>;
  readonly failure?: Failure;
  readonly stale?: readonly StaleReceipt[];
}

/**
 * One setup, from prerequisites to verification or unwinding, under the id of `run`. Nothing is
 * written when there is an `objection` to what it is about to do.
 */
export async function runSetup(
  deps: EngineDeps,
  sessions: Sessions,
  sequence: Sequence,
  run: RunId,
  objection?: (prepared: Prepared) => Promise<Failure | undefined>,
  catchingUp?: CatchingUp,
): Promise<RunResult> {
  let swept: readonly StepResidue[] = [];
  const prepared = await prepareRun(
    deps,
    sessions,
    sequence,
    async (without) => {
      const unsettled = await settle(deps, sessions, run, without);
      // Where a plan was agreed upon nothing is sent before it is known to hold.
      if (!objection) {
        const reachable = ({ target }: Doubt) => !without.has(target.integration);
        const left = await sweep(deps, sessions, run, { only: reachable, undoing: false });
        // Where it is prepared anew, what was left is found again, or was looked for the last time.
        const isOnlyOld = (one: StepResidue): boolean =>
          !left.some(({ step, what }) => step === one.step && what === one.what);
        swept = [...swept.filter(isOnlyOld), ...left];
      }
      return unsettled;
    },
    catchingUp,
  );
  const begun = deps.clock.now();
  const { tally, plan } = prepared;
  if (plan.length > 0) deps.emit({ type: "plan.ready", plan });
  const failure = prepared.failure ?? (await objection?.(prepared));
  if (failure) return withResidue(result(prepared, "failed", [], failure), swept);
  warmUp(prepared);
  const deferrals = new Deferrals(run, prepared, catchingUp !== undefined);
  await deferrals.announce();
  const runner = new StepRunner(run, prepared, deferrals);
  const checks: Promise<void>[] = [];
  const broken: unknown[] = [];
  const left = new Map<string, number>();
  for (const { integration } of prepared.steps) {
    left.set(integration, (left.get(integration) ?? 0) + 1);
  }
  const one = async (step: StepSpec): Promise<void> => {
    await runner.step(step);
    const open = left.get(step.integration)! - 1;
    left.set(step.integration, open);
    // An integration's steps are read back while others are still being written.
    if (open > 0 || runner.stopped || deps.stop.aborted) return;
    const of = (item: ToVerify) => item.observation.spec.integration === step.integration;
    const checked = verify(prepared.observer, run, runner.written.filter(of)).then(
      (differing) => {
        for (const cause of differing) tally.degrade(cause);
      },
      // Nobody waits for it yet.
      (error: unknown) => void broken.push(error),
    );
    checks.push(checked);
  };
  try {
    await runInOrder(prepared.steps, one);
  } finally {
    await Promise.all(checks);
  }
  if (broken.length > 0) throw broken[0];
  const seen = runner.seen();
  if (seen.length > 0) await deps.journal.append(run, seen);
  if (deps.stop.aborted) return withResidue(result(prepared, "interrupted", []), swept);
  await settleDeferred(deps, run, prepared, runner.stopped !== undefined);
  const ended = runner.stopped
    ? await unwound(deps, sessions, run, prepared, runner.stopped)
    : result(prepared, tally.degraded ? "degraded" : "succeeded", []);
  const known = objection ? () => true : ({ run: of, at }: Doubt) => of === run && at >= begun;
  const undoing = runner.stopped !== undefined;
  const late = await sweep(deps, sessions, run, { only: known, undoing });
  return withResidue(ended, [...swept, ...late]);
}

/** What waited and is carried out waits no more; a run that is unwound leaves nothing to wait. */
async function settleDeferred(
  { journal }: EngineDeps,
  run: RunId,
  { tally }: Prepared,
  unwinds: boolean,
): Promise<void> {
  const ended: EntryBody[] = [];
  for (const [step, { first }] of deferredIn(journal.looseEnds())) {
    const drops = unwinds && first.run === run;
    if (drops) ended.push({ type: "deferred-ended", step, why: "rolled-back" });
    else if (!unwinds && tally.isReal(step)) {
      ended.push({ type: "deferred-ended", step, why: "done" });
    }
  }
  if (ended.length > 0) await journal.append(run, ended);
}

function warmUp({ planned }: Prepared): void {
  for (const found of planned.values()) {
    if ("kind" in found && writes(found.item)) found.kind.warmUp?.(found.spec.with);
  }
}

/** What a sweep has left is there as well, whatever else became of the run. */
function withResidue(ended: RunResult, swept: readonly StepResidue[]): RunResult {
  if (swept.length === 0) return ended;
  const outcome = ended.outcome === "rolled-back" ? "rollback-incomplete" : ended.outcome;
  return { ...ended, outcome, residue: [...ended.residue, ...swept] };
}

async function unwound(
  deps: EngineDeps,
  sessions: Sessions,
  run: RunId,
  prepared: Prepared,
  cause: Failure,
): Promise<RunResult> {
  const made = deps.journal.operations("undoable").filter((one) => one.run === run);
  const { undone, residue } = await unwind(deps, sessions, run, made);
  prepared.tally.count("undone", undone);
  const outcome = residue.length > 0 ? "rollback-incomplete" : "rolled-back";
  return result(prepared, outcome, residue, cause);
}

/** Finds out what became of every write that an earlier run left open, and gives the others. */
async function settle(
  deps: EngineDeps,
  sessions: Sessions,
  run: RunId,
  without: ReadonlyMap<string, Failure>,
): Promise<readonly Unsettled[]> {
  const open = deps.journal.operations("open");
  const unreachable = open.flatMap((operation) => {
    const failure = without.get(operation.intent.target.integration);
    return failure ? [{ operation, failure }] : [];
  });
  const reachable = open.filter(({ intent }) => !without.has(intent.target.integration));
  const { unsettled } = await settleOpen(deps, sessions, run, reachable);
  return [...unsettled, ...unreachable];
}

function result(
  { tally, observer }: Prepared,
  outcome: RunOutcome,
  residue: readonly StepResidue[],
  cause = tally.failure,
): RunResult {
  const now = observer.deps.clock.now();
  const stale = [...tally.stale].map(
    ([step, at]): StaleReceipt => ({ step, at, ageMs: Math.max(0, now - at) }),
  );
  return {
    outcome,
    counts: tally.counts,
    residue,
    receipts: outcome === "rolled-back" ? {} : Object.fromEntries(tally.receipts),
    ...(cause ? { failure: cause } : {}),
    ...(stale.length > 0 && outcome !== "rolled-back" ? { stale } : {}),
  };
}
