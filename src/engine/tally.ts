import type { Failure } from "../core/failure.ts";
import type { Counts } from "../core/journal.ts";
import { noCounts } from "../core/journal.ts";
import type { JsonObject } from "../core/json.ts";
import type { Receipt } from "../core/ports.ts";
import type { StepId } from "../core/step.ts";

export type StepStatus = "done" | "failed" | "skipped" | "deferred";

/** What a run has come to so far. */
export class Tally {
  readonly status = new Map<StepId, StepStatus>();
  readonly receipts = new Map<StepId, JsonObject>();
  /** Receipts that could not be compared with what is there: when they were seen last. */
  readonly stale = new Map<StepId, number>();
  /** What the steps refer to that are not in the run at all. */
  readonly outside: ReadonlyMap<StepId, JsonObject>;
  readonly #defaults = new Map<StepId, JsonObject>();
  #counts: Counts = noCounts;
  #degraded = false;
  #failure: Failure | undefined;

  constructor(outside: ReadonlyMap<StepId, JsonObject> = new Map()) {
    this.outside = outside;
  }

  get counts(): Counts {
    return this.#counts;
  }

  get degraded(): boolean {
    return this.#degraded;
  }

  /** The first cause. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  count(name: keyof Counts, by = 1): void {
    this.#counts = { ...this.#counts, [name]: this.#counts[name] + by };
  }

  done(step: StepId, receipt: JsonObject): void {
    this.stale.delete(step);
    this.status.set(step, "done");
    this.receipts.set(step, receipt);
  }

  /** What later steps may refer to. */
  stateOf(step: StepId): JsonObject | undefined {
    return this.receipts.get(step) ?? this.#defaults.get(step) ?? this.outside.get(step);
  }

  /** Steps that come after go on with a receipt that nobody could compare. */
  remember(step: StepId, { state, at }: Pick<Receipt, "state" | "at">): void {
    this.done(step, state);
    this.stale.set(step, at);
  }

  /** Steps that come after go on with a value from the configuration. */
  pretend(step: StepId, value: JsonObject): void {
    this.status.set(step, "done");
    this.#defaults.set(step, value);
  }

  /** Carried out, or found to be as asked. */
  isReal(step: StepId): boolean {
    return this.receipts.has(step) && !this.stale.has(step);
  }

  missed(step: StepId, status: Exclude<StepStatus, "done">): void {
    this.status.set(step, status);
    this.count(status);
  }

  degrade(failure: Failure): void {
    this.#degraded = true;
    this.#failure ??= failure;
  }

  fail(failure: Failure): void {
    this.#failure ??= failure;
  }
}
