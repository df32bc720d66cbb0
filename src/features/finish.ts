import type { RunEventBody, RunFinished } from "../core/events.ts";
import { type Failure, failure, systemFailure, TestxError } from "../core/failure.ts";
import { noCounts, type RunId } from "../core/journal.ts";
import type { RunResult } from "../engine/setup.ts";
import type { FeatureDeps } from "./deps.ts";

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
    result = stopped ? interrupted() : failed(cause);
  }
  const { outcome, counts, residue } = result;
  try {
    await deps.journal.append(run, [{ type: "run-finished", outcome, counts, residue }]);
  } catch (error) {
    // The run's own result counts more than a journal that could not take its last line.
    if (!(error instanceof TestxError)) throw error;
    if (!result.failure) result = { ...result, outcome: "failed", failure: error.failure };
  }
  const durationMs = Math.round(deps.clock.monotonic() - started);
  const finished: RunFinished = {
    type: "run.finished",
    ...{ ...result, durationMs, calls: calls() },
  };
  emit(finished);
  if (bug !== undefined) throw bug;
  return finished;
}

function interrupted(): RunResult {
  return { outcome: "interrupted", counts: noCounts, residue: [], receipts: {} };
}

function failed(cause: Failure | undefined): RunResult {
  return {
    outcome: "failed",
    counts: noCounts,
    residue: [],
    receipts: {},
    failure: cause ?? failure("BUG", "testx has a bug: see the message below."),
  };
}
