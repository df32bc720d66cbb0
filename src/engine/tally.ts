import type { Failure } from "../core/failure.ts";
import type { Counts } from "../core/journal.ts";
import { noCounts } from "../core/journal.ts";
import type { JsonObject } from "../core/json.ts";
import type { StepId } from "../core/step.ts";

export type StepStatus = "done" | "failed" | "skipped" | "deferred";

/** What a run has come to so far. */
export class Tally {
  readonly status = new Map<StepId, StepStatus>();
  readonly receipts = new Map<StepId, JsonObject>();
  #counts: Counts = noCounts;
  #degraded = false;
  #failure: Failure | undefined;

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
    this.status.set(step, "done");
    this.receipts.set(step, receipt);
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
