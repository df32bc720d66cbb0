import { deferredIn } from "../core/deferred.ts";
import type { RunEventBody, RunFinished, WaitingStep } from "../core/events.ts";
import { type Failure, failure, systemFailure, TestxError } from "../core/failure.ts";
import {
  type Entry,
  noCounts,
  type OperationId,
  type RunId,
  type StepResidue,
} from "../core/journal.ts";
import { doneIn, summed } from "../core/run-counts.ts";
import type { RunResult } from "../engine/setup.ts";
import type { FeatureDeps } from "./deps.ts";
import { undoable } from "./unfinished.ts";

interface Begun {
  readonly deps: FeatureDeps;
  readonly run: RunId;
  readonly emit: (body: RunEventBody) => void;
  readonly calls: () => Record<string, number>;
  readonly started: number;
}

/**
 * Brings a run to its end: whatever happens in `work`, the journal (if it still can) and the
 * event stream get their last record. A bug of testx is thrown on after that.
 */
export async function finish(
  { deps, run, emit, calls, started }: Begun,
  work: () => Promise<RunResult>,
): Promise<RunFinished> {
  let result: RunResult;
  let bug: unknown;
  try {
    result = await work();
  } catch (error) {
    const stopped = deps.stop.aborted;
    const cause = error instanceof TestxError ? error.failure : systemFailure(error);
    if (!cause && !stopped) bug = error;
    const done = doneBy(deps, run);
    result = stopped ? interrupted(done) : failed(cause, done);
  }
  const { outcome, counts, residue, failure } = result;
  const why = failure === undefined ? {} : { failure };
  try {
    await deps.journal.append(run, [{ type: "run-finished", outcome, counts, residue, ...why }]);
  } catch (error) {
    // The run's own result counts more than a journal that could not take its last line.
    if (!(error instanceof TestxError)) throw error;
    if (!result.failure) result = { ...result, outcome: "failed", failure: error.failure };
  }
  const durationMs = Math.round(deps.clock.monotonic() - started);
  const finished: RunFinished = {
    type: "run.finished",
    ...{ ...result, durationMs, calls: calls(), ...leftAfter(deps, run) },
  };
  emit(finished);
  if (bug !== undefined) throw bug;
  return finished;
}

/** What could be undone of the run when it has ended, and what waits, of others as well. */
function leftAfter(
  { journal }: FeatureDeps,
  run: RunId,
): Pick<RunFinished, "undoable" | "waiting"> {
  try {
    const many = undoable(journal, run);
    const waiting = [...deferredIn(journal.looseEnds()).values()].map(
      ({ id, step, failure: { code, message }, attempts, dead }): WaitingStep => ({
        ...{ id, step, code, message, attempts, dead },
      }),
    );
    return {
      ...(many > 0 ? { undoable: many } : {}),
      ...(waiting.length > 0 ? { waiting } : {}),
    };
  } catch {
    // A journal that cannot be read is told of elsewhere.
    return {};
  }
}

type Done = Pick<RunResult, "counts" | "residue">;

/** What a run that broke off has done since it was started, or started again. */
function doneBy({ journal }: FeatureDeps, run: RunId): Done {
  let entries: readonly Entry[];
  try {
    entries = journal.entries(run);
  } catch {
    // The journal may be what it broke off for.
    return { counts: noCounts, residue: [] };
  }
  const from = entries.findLastIndex(({ type }) => type === "run-started");
  const since = entries.slice(from + 1);
  const left = new Map<OperationId, readonly StepResidue[]>();
  for (const entry of since) {
    if (entry.type !== "swept") continue;
    const { step } = entry;
    left.set(
      entry.op,
      entry.residue.map((item) => ({ step, ...item })),
    );
  }
  return { counts: summed(doneIn(since)), residue: [...left.values()].flat() };
}

function interrupted(done: Done): RunResult {
  return { outcome: "interrupted", ...done, receipts: {} };
}

function failed(cause: Failure | undefined, done: Done): RunResult {
  return {
    outcome: "failed",
    ...done,
    receipts: {},
    failure: cause ?? failure("BUG", "testx has a bug: see the message below."),
  };
}
