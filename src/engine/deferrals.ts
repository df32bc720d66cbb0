import { type Deferred, deferredIn } from "../core/deferred.ts";
import type { Failure } from "../core/failure.ts";
import type { EntryBody, RunId } from "../core/journal.ts";
import type { StepSpec } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import { asWritten, deferral, type Postponed, postponed } from "./defer.ts";
import { refuseMeanwhile } from "./meanwhile.ts";
import type { Observation } from "./observe.ts";
import type { Prepared } from "./prepare.ts";
import { kindNamed, type Sessions } from "./session.ts";

/** Codes of what somebody else has done where a step was to write. */
const conflicts: ReadonlySet<string> = new Set(["STEP_CONFLICT", "SYNC_CONFLICT"]);

/** What one run puts off. A run that catches up leaves what it did not try as it waits already. */
export class Deferrals {
  readonly waiting: ReadonlyMap<StepId, Deferred>;
  readonly #run: RunId;
  readonly #prepared: Prepared;
  readonly #catchingUp: boolean;

  constructor(run: RunId, prepared: Prepared, catchingUp: boolean) {
    this.#run = run;
    this.#prepared = prepared;
    this.#catchingUp = catchingUp;
    this.waiting = deferredIn(prepared.observer.deps.journal.looseEnds());
  }

  /** Records and tells what becomes of the steps whose integration is not there. */
  async announce(): Promise<void> {
    const { fates, observer } = this.#prepared;
    const { journal, clock, emit } = observer.deps;
    const entries = fates.flatMap(({ failure: cause, postponed: put }) =>
      put === undefined ? [] : this.entriesFor(put, cause, false),
    );
    if (entries.length > 0) await journal.append(this.#run, entries);
    for (const { spec, status, failure: cause, item, receipt, value } of fates) {
      const about = { step: spec.id, title: item.title, failure: cause };
      if (status === "cached" && receipt !== undefined) {
        const ageMs = Math.max(0, clock.now() - receipt.at);
        emit({ type: "step.cached", ...about, receipt: receipt.state, ageMs });
      } else if (status === "deferred" || value !== undefined) {
        const type = status === "deferred" ? "step.deferred" : "step.skipped";
        emit({ type, ...about, durationMs: 0 });
      }
    }
  }

  /** Throws TestxError SYNC_CONFLICT; only for what is caught up on. */
  async check(sessions: Sessions, observation: Observation): Promise<void> {
    const known = this.waiting.get(observation.spec.id);
    if (!this.#catchingUp || known === undefined) return;
    const { deps, receipts } = this.#prepared.observer;
    const receipt = receipts.get(known.step)?.state;
    await refuseMeanwhile(deps, sessions, observation, known, receipt);
  }

  /** `tried`: it was begun and failed, and not only not begun. */
  entriesFor(put: Postponed, cause: Failure, tried: boolean): EntryBody[] {
    if (this.#catchingUp && !tried) return [];
    const known = this.waiting.get(put.spec.id);
    const nth = this.#prepared.steps.indexOf(put.spec);
    const putting = { run: this.#run, nth, known, tried, givesUp: this.#catchingUp };
    return [deferral(this.#prepared.observer.deps, put, cause, putting)];
  }

  /** `seen`: as the step was found in this run, if it was. */
  of(spec: StepSpec, seen: Observation | undefined, cause: Failure): Postponed {
    const { observer, tally } = this.#prepared;
    const known = this.waiting.get(spec.id);
    const before = known === undefined ? observer.receipts.get(spec.id)?.state : known.base;
    const base = before === undefined ? {} : { base: before };
    if (seen === undefined) {
      const { provider } = observer.session(spec.integration);
      const input = asWritten(spec, kindNamed(provider, spec.kind), observer.deps);
      return { spec, provider: provider.id, title: known?.title ?? spec.id, input, ...base };
    }
    const put = postponed(observer.deps, seen, (step) => tally.stateOf(step));
    if (!conflicts.has(cause.code)) return put;
    // What somebody else made of it must not be taken for what testx had found.
    const { base: _, ...rest } = put;
    return { ...rest, ...base };
  }
}
