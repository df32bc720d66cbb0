import { type Failure, failure, TestxError } from "../core/failure.ts";
import type { EntryBody, RunId } from "../core/journal.ts";
import { equal, type Json, type JsonObject } from "../core/json.ts";
import { writes } from "../core/plan.ts";
import type { Integration, StepSpec } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import { adopts } from "./conflict.ts";
import type { Deferrals } from "./deferrals.ts";
import type { EngineDeps } from "./deps.ts";
import { prepare } from "./input.ts";
import { standInOf } from "./missing.ts";
import { type Observation, type Observer, observe, targetOf } from "./observe.ts";
import { type Prepared, receiptsOf } from "./prepare.ts";
import type { Sessions } from "./session.ts";
import { type Doubt, sweep } from "./sweep.ts";
import type { Tally } from "./tally.ts";
import { write } from "./write.ts";

/** A step that was written, to be read back when its integration is through. */
export interface ToVerify {
  readonly observation: Observation;
  readonly op: string;
}

/** Carries out the steps of one run, one call of `step` each. */
export class StepRunner {
  readonly written: ToVerify[] = [];
  readonly #found: EntryBody[] = [];
  readonly #asKnown: StepId[] = [];
  /** Set by the first failure whose strategy is to unwind: no further step is started. */
  stopped: Failure | undefined;

  readonly #deps: EngineDeps;
  readonly #sessions: Sessions;
  #observer: Observer;
  readonly #prepared: Prepared;
  readonly #tally: Tally;
  readonly #run: RunId;
  readonly #deferrals: Deferrals;
  /** What each step was seen to be when it was begun. */
  readonly #begun = new Map<StepId, Observation>();

  constructor(run: RunId, prepared: Prepared, deferrals: Deferrals) {
    const { observer, tally } = prepared;
    this.#run = run;
    this.#prepared = prepared;
    this.#observer = observer;
    this.#deps = observer.deps;
    this.#sessions = observer.sessions;
    this.#tally = tally;
    this.#deferrals = deferrals;
  }

  /** Never rejects but for a bug or a journal that cannot be written. */
  async step(spec: StepSpec): Promise<void> {
    if (this.stopped || this.#deps.stop.aborted || this.#tally.status.has(spec.id)) return;
    const started = this.#deps.clock.monotonic();
    const blocked = this.#blockedBy(spec);
    if (blocked) {
      // What is optional may be left out without a word; what is required may not.
      if (this.#integration(spec).required) this.#tally.degrade(blocked.failure);
      return this.#miss(spec, blocked.status, blocked.failure, started);
    }
    try {
      await this.#carryOut(spec, started);
    } catch (error) {
      if (!(error instanceof TestxError)) throw error;
      if (this.#deps.stop.aborted) return;
      await this.#failed(spec, error.failure, started);
    }
  }

  async #carryOut(spec: StepSpec, started: number): Promise<void> {
    const one = async (observation: Observation): Promise<void> => {
      this.#begun.set(spec.id, observation);
      await this.#deferrals.check(this.#sessions, observation);
      if (writes(observation.item)) await this.#write(observation, started);
      else await this.#see(observation, started);
    };
    try {
      await one(await this.#current(spec));
    } catch (error) {
      const taken = error instanceof TestxError && error.code === "STEP_CONFLICT";
      if (!taken || !adopts(this.#deps, spec.id)) throw error;
      // What of it is testx's own after all is not to be taken for somebody else's.
      const only = ({ step }: Doubt): boolean => step === spec.id;
      await sweep(this.#deps, this.#sessions, this.#run, { only, undoing: false });
      const receipts = receiptsOf(this.#deps, this.#prepared.steps);
      this.#observer = { ...this.#observer, receipts };
      await one(await observe(this.#observer, spec, (step) => this.#tally.stateOf(step)));
    }
  }

  /** What the plan saw, if the values are still the same; else a fresh look. */
  async #current(spec: StepSpec): Promise<Observation> {
    const planned = this.#prepared.planned.get(spec.id);
    const state = (step: StepId) => this.#tally.stateOf(step);
    if (planned && "failure" in planned) throw new TestxError(planned.failure);
    if (planned) {
      const prepared = await prepare(spec, planned.kind, this.#deps, state);
      if (prepared.unknown.length > 0) {
        const names = prepared.unknown.map(({ text }) => `\${${text}}`).join(", ");
        throw new TestxError(
          failure("REFERENCE_UNRESOLVED", `${spec.id} refers to ${names}, which has no value.`),
        );
      }
      const same = planned.prepared.input !== undefined && planned.prepared.unknown.length === 0;
      if (same && equal(prepared.safe, planned.prepared.safe)) return { ...planned, prepared };
    }
    return observe(this.#observer, spec, state);
  }

  async #write(observation: Observation, started: number): Promise<void> {
    const { spec, item } = observation;
    const { title, action, changes } = item;
    this.#deps.emit({
      type: "step.started",
      step: spec.id,
      title,
      action: action as "create" | "update" | "adopt",
      changes,
    });
    const receipt = this.#observer.receipts.get(spec.id)?.state;
    const { after, origin, op } = await write(
      this.#deps,
      this.#sessions,
      this.#run,
      observation,
      receipt,
    );
    this.#tally.done(spec.id, after);
    this.#tally.count(origin);
    this.written.push({ observation, op });
    const durationMs = this.#deps.clock.monotonic() - started;
    this.#deps.emit({
      type: "step.finished",
      step: spec.id,
      title,
      origin,
      receipt: after,
      durationMs,
    });
  }

  async #see(observation: Observation, started: number): Promise<void> {
    const { spec, now, item, kind } = observation;
    const origin = item.action === "adopt" ? "adopted" : "unchanged";
    const after = now!;
    if (kind.readOnly !== true) this.#record(observation, after, origin);
    this.#tally.done(spec.id, after);
    this.#tally.count(origin);
    const durationMs = this.#deps.clock.monotonic() - started;
    this.#deps.emit({
      type: "step.finished",
      step: spec.id,
      title: item.title,
      origin,
      receipt: after,
      durationMs,
    });
  }

  #record(observation: Observation, after: JsonObject, origin: "adopted" | "unchanged"): void {
    const { spec, item } = observation;
    const target = targetOf(observation);
    const receipt = this.#observer.receipts.get(spec.id);
    const asKnown =
      origin === "unchanged" &&
      receipt?.title === item.title &&
      equal(receipt.state, after) &&
      equal(receipt.target as Json | undefined, target as unknown as Json);
    if (asKnown) this.#asKnown.push(spec.id);
    else {
      const entry = { step: spec.id, kind: spec.kind, title: item.title, after, origin, target };
      this.#found.push({ type: "done", ...entry });
    }
  }

  /**
   * What was only looked at, to be journaled together at the end: a crash that loses it leads
   * to the same decisions once more.
   */
  seen(): EntryBody[] {
    if (this.#asKnown.length === 0) return this.#found;
    return [...this.#found, { type: "seen", steps: this.#asKnown }];
  }

  #blockedBy(spec: StepSpec): { status: "skipped" | "deferred"; failure: Failure } | undefined {
    for (const before of spec.after) {
      const status = this.#tally.status.get(before);
      if (status === "done" || status === undefined) continue;
      const message = `${spec.id} comes after ${before}, which was ${status}.`;
      return {
        status: status === "deferred" ? "deferred" : "skipped",
        failure: failure("STEP_BLOCKED", message, { integration: spec.integration }),
      };
    }
    return undefined;
  }

  async #failed(spec: StepSpec, cause: Failure, started: number): Promise<void> {
    const { strategy, value } = this.#prepared.rule(spec);
    if (strategy !== "fail") {
      const puts = strategy === "defer" || strategy === "cache";
      this.#tally.degrade(cause);
      // What an outage kept from being sent was not tried.
      const tried = !cause.transient || cause.outcome !== "not-applied";
      await this.#miss(spec, puts ? "deferred" : "skipped", cause, started, tried);
      const receipt = this.#deps.journal.receipts().get(spec.id);
      if (strategy === "cache" && receipt?.kind === spec.kind) {
        this.#tally.remember(spec.id, receipt);
      }
      if (strategy === "default") {
        const given = standInOf(value, this.#deps, (step) => this.#tally.stateOf(step));
        if (given) this.#tally.pretend(spec.id, given);
      }
      return;
    }
    this.stopped ??= cause;
    this.#tally.fail(cause);
    this.#tally.missed(spec.id, "failed");
    await this.#deps.journal.append(this.#run, [{ type: "failed", step: spec.id, failure: cause }]);
    const durationMs = this.#deps.clock.monotonic() - started;
    this.#deps.emit({
      type: "step.failed",
      step: spec.id,
      title: this.#title(spec),
      failure: cause,
      durationMs,
    });
  }

  async #miss(
    spec: StepSpec,
    status: "skipped" | "deferred",
    cause: Failure,
    started: number,
    tried = false,
  ): Promise<void> {
    this.#tally.missed(spec.id, status);
    const entries: EntryBody[] =
      status === "skipped"
        ? [{ type: status, step: spec.id, failure: cause }]
        : this.#deferrals.entriesFor(
            this.#deferrals.of(spec, this.#seen(spec), cause),
            cause,
            tried,
          );
    if (entries.length > 0) await this.#deps.journal.append(this.#run, entries);
    const durationMs = this.#deps.clock.monotonic() - started;
    this.#deps.emit({
      type: `step.${status}`,
      step: spec.id,
      title: this.#title(spec),
      failure: cause,
      durationMs,
    });
  }

  #integration(spec: StepSpec): Integration {
    const { integrations } = this.#prepared.sequence;
    return integrations.find(({ id }) => id === spec.integration)!;
  }

  #title(spec: StepSpec): string {
    return this.#seen(spec)?.item.title ?? spec.id;
  }

  /** As it was when it was begun, else as planned. */
  #seen({ id }: StepSpec): Observation | undefined {
    const planned = this.#prepared.planned.get(id);
    return this.#begun.get(id) ?? (planned && "item" in planned ? planned : undefined);
  }
}
