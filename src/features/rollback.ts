import { deferredIn } from "../core/deferred.ts";
import type { RunFinished } from "../core/events.ts";
import { fail } from "../core/failure.ts";
import { newRunId } from "../core/ids.ts";
import { type EntryBody, noCounts, type OperationId, type RunId } from "../core/journal.ts";
import type { Operation } from "../core/ledger.ts";
import type { LooseEnd } from "../core/loose-ends.ts";
import type { JournalStore } from "../core/ports.ts";
import type { RollbackPoint } from "../core/results.ts";
import { suggest } from "../core/suggest.ts";
import { differing, footprints, intended } from "../core/undo.ts";
import { Sessions } from "../engine/session.ts";
import { isPending, sweep } from "../engine/sweep.ts";
import { unwind } from "../engine/unwind.ts";
import { type FeatureDeps, forRun } from "./deps.ts";
import { findRun } from "./find-run.ts";
import { finish } from "./finish.ts";
import { locked } from "./locked.ts";
import { cutOff, since, subject } from "./unfinished.ts";

export interface RollbackOptions {
  /**
   * Its id, the beginning of it that no other has, or `last`. Left out: the newest run that has
   * something to undo; but where the newest of all was cut off, that one, whether it has or not,
   * or the one that it was undoing, from the same point on.
   */
  readonly run?: RunId | undefined;
  /** Undo this point and everything after it in its run. */
  readonly to?: string | undefined;
  /** How long to wait for another run to end, in ms; left out: not at all. */
  readonly waitMs?: number | undefined;
}

/** The points that a rollback with these options would undo, newest first. Nothing is called. */
export function rollbackPoints(
  journal: JournalStore,
  options: RollbackOptions = {},
): RollbackPoint[] {
  return select(journal, meant(journal, options)).toReversed().map(point);
}

/** Every point that could still be undone, of all runs, newest first. */
export function allRollbackPoints(journal: JournalStore): RollbackPoint[] {
  return journal.operations("undoable").toReversed().map(point);
}

/**
 * Unwinds a run, in reverse order of start, as a run of its own. Throws TestxError RUN_LOCKED,
 * RUN_UNKNOWN, NOTHING_TO_UNDO, OFFLINE_REFUSED.
 */
export function rollback(deps: FeatureDeps, given: RollbackOptions): Promise<RunFinished> {
  const work = async (): Promise<RunFinished> => {
    if (deps.offline) fail("OFFLINE_REFUSED", "Nothing can be undone offline.");
    const options = meant(deps.journal, given);
    const chosen = select(deps.journal, options);
    const of = options.run ?? chosen[0]?.run;
    const ends = deps.journal.looseEnds();
    const dropped = options.to === undefined ? deferredBy(ends, of) : [];
    const none = chosen.length === 0 && dropped.length === 0 && !isPending(ends);
    // One that was cut off before it wrote is closed by this.
    const last = cutOff(deps.journal);
    const closes = last !== undefined && of === subject(last);
    if (none && !closes) fail("NOTHING_TO_UNDO", "There is nothing to undo.");
    const run = newRunId(deps.clock.now(), deps.random);
    const { engine, emit, calls } = forRun(deps, run);
    const started = deps.clock.monotonic();
    const unwinds = of === undefined ? {} : { of };
    const from = options.to === undefined ? {} : { to: options.to };
    const integrations = [...new Set(chosen.map(({ intent }) => intent.target.integration))];
    emit({
      type: "run.started",
      command: "rollback",
      resumed: false,
      ...unwinds,
      integrations: integrations.map((id) => ({ id, title: id, dependsOn: [] })),
      steps: footprints(chosen).map(({ intent: { target, title } }) => ({
        step: target.step,
        integration: target.integration,
        title,
      })),
    });
    return finish({ deps, run, emit, calls, started }, async () => {
      const begun: EntryBody = { type: "run-started", command: "rollback", ...unwinds, ...from };
      // At once with it: what waits must not come after what is undone here.
      await deps.journal.append(run, [begun, ...dropped]);
      const sessions = new Sessions(engine);
      const { undone, residue: left } = await unwind(engine, sessions, run, chosen);
      const residue = [...left, ...(await sweep(engine, sessions, run, { undoing: true }))];
      const outcome = residue.length > 0 ? "rollback-incomplete" : "rolled-back";
      return { outcome, counts: { ...noCounts, undone }, residue, receipts: {} };
    });
  };
  return locked(deps, work, given.waitMs);
}

/** What is to be undone: with the whole id of the run, or where nothing is named what comes next. */
function meant(journal: JournalStore, { run, to }: RollbackOptions): Chosen {
  if (run !== undefined) return { run: findRun(journal.runs(), run).run, to };
  if (to !== undefined) return { run, to };
  const last = cutOff(journal);
  const goesOn = last && subject(last);
  if (goesOn === undefined) return { run: newestRun(journal) };
  return { run: goesOn, ...(last?.to !== undefined && { to: last.to, goesOn: true }) };
}

interface Chosen {
  readonly run?: RunId | undefined;
  readonly to?: OperationId | undefined;
  /** The point belongs to a rollback that was cut off, and may be undone already. */
  readonly goesOn?: boolean;
}

/** The newest run that has written or put off something. */
function newestRun(journal: JournalStore): RunId | undefined {
  const waiting = [...deferredIn(journal.looseEnds()).values()].map(({ first }) => first.run);
  const some = new Set([...waiting, ...journal.operations("undoable").map(({ run }) => run)]);
  const known = journal.runs().findLast(({ run }) => some.has(run))?.run;
  return known ?? journal.operations("undoable").at(-1)?.run;
}

/** What a run has put off does not wait any more. */
function deferredBy(ends: readonly LooseEnd[], run: RunId | undefined): EntryBody[] {
  return [...deferredIn(ends).values()]
    .filter(({ first }) => first.run === run)
    .map(({ step }) => ({ type: "deferred-ended", step, why: "rolled-back" }));
}

/** In order of start. */
function select(journal: JournalStore, { run, to, goesOn }: Chosen): Operation[] {
  const open = journal.operations("undoable");
  if (to !== undefined && run !== undefined && goesOn) {
    const all = since(journal, run, to);
    return open.filter((operation) => operation.run === run && all.has(operation.op));
  }
  if (to !== undefined) {
    const at = open.findIndex(({ op }) => op === to);
    const from = open[at];
    if (!from || (run !== undefined && from.run !== run)) {
      const points = open.filter((one) => run === undefined || one.run === run);
      const [meant] = suggest(
        to,
        points.map(({ op }) => op),
      );
      const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
      const text = `There is no rollback point "${to}" that is not undone already.${hint}`;
      fail("RUN_UNKNOWN", text, {
        ...(meant !== undefined && { details: { didYouMean: meant } }),
      });
    }
    return open.slice(at).filter((operation) => operation.run === from.run);
  }
  return open.filter((operation) => operation.run === run);
}

function point({ op, run, step, intent, after, state }: Operation): RollbackPoint {
  const { title, at, before } = intent;
  const fields = before === null ? [] : differing(before, after ?? intended(intent));
  const would = before === null ? "delete" : fields.length > 0 ? "restore" : "nothing";
  const reason = state === "open" ? "It is not known whether this write took effect." : undefined;
  return { point: op, run, at, step, title, would, fields, ...(reason ? { reason } : {}) };
}
