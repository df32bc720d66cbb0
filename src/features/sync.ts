import { deferredIn } from "../core/deferred.ts";
import type { RunFinished } from "../core/events.ts";
import { type Failure, fail, failure, TestxError } from "../core/failure.ts";
import { newRunId } from "../core/ids.ts";
import type { JournalStore } from "../core/ports.ts";
import type { StepId } from "../core/step.ts";
import { checkHealth, connectAll } from "../engine/prerequisites.ts";
import { Sessions } from "../engine/session.ts";
import { type RunResult, runSetup } from "../engine/setup.ts";
import { forRun, type SequenceDeps } from "./deps.ts";
import { type Due, dueNow } from "./due.ts";
import { finish } from "./finish.ts";
import { locked } from "./locked.ts";
import { checkSteps, runStarted } from "./setup.ts";
import { hasLeft, unfinished } from "./unfinished.ts";

export interface SyncOptions {
  /** How long to wait for another run to end, in ms; left out: not at all. */
  readonly waitMs?: number | undefined;
  /** Steps that may write over what somebody else has done meanwhile. */
  readonly adopt?: ReadonlySet<StepId> | "all" | undefined;
}

/**
 * Carries out what was put off, as far as its services answer, as a run of its own: in dependency
 * order, with the values of the sequence as it is now, and only after a look. What somebody else
 * has done meanwhile is a conflict, and left. What fails goes on waiting, and is given up after
 * too many attempts. Throws TestxError RUN_LOCKED, STEP_UNKNOWN, SETUP_UNFINISHED, NOTHING_WAITS,
 * OFFLINE_REFUSED.
 */
export async function sync(deps: SequenceDeps, options: SyncOptions = {}): Promise<RunFinished> {
  checkSteps(deps.sequence, options.adopt);
  if (deps.offline) fail("OFFLINE_REFUSED", "Nothing can be carried out offline.");
  const work = async (): Promise<RunFinished> => {
    const stopped = unfinished(deps.journal, "setup");
    if (stopped !== undefined && hasLeft(deps.journal, stopped)) {
      fail("SETUP_UNFINISHED", "A setup was cut off, and has to be finished or undone first.");
    }
    const resumed = unfinished(deps.journal, "sync");
    if (resumed === undefined && deferredIn(deps.journal.looseEnds()).size === 0) {
      fail("NOTHING_WAITS", "Nothing waits for its service.");
    }
    const due = await dueNow(deps);
    const run = resumed ?? newRunId(deps.clock.now(), deps.random);
    const { adopt } = options;
    const { engine, emit, calls } = forRun(adopt === undefined ? deps : { ...deps, adopt }, run);
    const started = deps.clock.monotonic();
    emit(await runStarted(deps, due.sequence, "sync", resumed !== undefined));
    return finish({ deps, run, emit, calls, started }, async () => {
      await deps.journal.append(run, [{ type: "run-started", command: "sync" }]);
      for (const { step, title } of due.gone) {
        emit({ type: "step.deferred", step, title, failure: notThere(step), durationMs: 0 });
      }
      const sessions = new Sessions(engine);
      const catchingUp = { outside: due.outside };
      const result = await runSetup(engine, sessions, due.sequence, run, undefined, catchingUp);
      return withRest(result, due, deps.journal);
    });
  };
  return locked(deps, work, options.waitMs);
}

function notThere(step: StepId): Failure {
  return failure("STEP_UNKNOWN", `${step} waits, and is not in the sequence any more.`);
}

/** A run that leaves something waiting has not caught up. */
function withRest(result: RunResult, { gone }: Due, journal: JournalStore): RunResult {
  const [left] = deferredIn(journal.looseEnds()).values();
  const deferred = result.counts.deferred + gone.length;
  const counts = { ...result.counts, deferred };
  if (result.outcome !== "succeeded" || left === undefined) return { ...result, counts };
  return { ...result, counts, outcome: "degraded", failure: result.failure ?? left.failure };
}

/** Pauses between two looks whether a service is back, in ms: from the first to the longest. */
export const watchPauses = { first: 5_000, longest: 300_000 };

export interface Watching {
  /** Carries out what is due. */
  once(): Promise<RunFinished>;
  /** Told that the services were asked, or a run made no progress, and how long the pause is. */
  waiting(integrations: readonly string[], pauseMs: number): void;
}

/**
 * Syncs as soon as a service that something waits for answers, until nothing waits that is not
 * given up, or a run fails or is stopped. Gives the last run, if there was any. Rejects with the
 * stop signal's reason while it waits.
 */
export async function watchSync(
  deps: SequenceDeps,
  { once, waiting }: Watching,
): Promise<RunFinished | undefined> {
  if (deps.offline) fail("OFFLINE_REFUSED", "Nothing can be carried out offline.");
  let last: RunFinished | undefined;
  let pause = watchPauses.first;
  for (;;) {
    const { sequence } = await dueNow(deps);
    const integrations = sequence.integrations.map(({ id }) => id);
    if (integrations.length === 0) return last;
    if (await anyAnswers({ ...deps, sequence })) {
      const before = fingerprint(deps.journal);
      last = await once();
      if (last.outcome !== "succeeded" && last.outcome !== "degraded") return last;
      if ((await dueNow(deps)).sequence.steps.length === 0) return last;
      // What made progress may go on at once.
      if (fingerprint(deps.journal) !== before) {
        pause = watchPauses.first;
      }
    }
    waiting(integrations, pause);
    await deps.clock.sleep(pause * (0.5 + deps.random() / 2), deps.stop);
    pause = Math.min(pause * 2, watchPauses.longest);
  }
}

/** Changes when something that waited is carried out or dropped. */
function fingerprint(journal: JournalStore): string {
  return [...deferredIn(journal.looseEnds()).values()].map(({ id }) => id).join();
}

async function anyAnswers(deps: SequenceDeps): Promise<boolean> {
  const { engine } = forRun({ ...deps, emit: () => {} }, "watch");
  const sessions = new Sessions(engine);
  const { sequence } = deps;
  const connected = await connectAll(engine, sessions, sequence);
  // Nobody need wait for services that testx could not call anyway.
  const [cause] = connected.failures.values();
  if (cause !== undefined && connected.sessions.size === 0) throw new TestxError(cause);
  const healths = await Promise.all(
    sequence.integrations.map(async (integration) => {
      const session = connected.sessions.get(integration.id);
      if (session === undefined) return { status: "down" };
      const steps = sequence.steps.filter((step) => step.integration === integration.id);
      return checkHealth(engine, sessions, integration, session, steps);
    }),
  );
  deps.stop.throwIfAborted();
  return healths.some(({ status }) => status !== "down");
}
