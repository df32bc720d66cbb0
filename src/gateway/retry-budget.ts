import { defaultRetryBudget } from "../core/policy-defaults.ts";
import type { RetryBudget } from "../core/sequence.ts";

/**
 * How many retries may still be sent: a few, and then a share of the calls. So a service that
 * struggles gets little more of them than there would be without retries. Waits that the service
 * itself asked for count too: they are requests like any other. Several gateways may share one.
 */
export class RetryAccount {
  readonly #budget: RetryBudget;
  #calls = 0;
  #retries = 0;

  constructor(budget: Partial<RetryBudget> = {}) {
    this.#budget = { ...defaultRetryBudget, ...budget };
  }

  /** A call is sent for the first time. */
  earn(): void {
    this.#calls += 1;
  }

  /** Takes one retry out; `false`: there is none left. */
  take(): boolean {
    const { free, ratio } = this.#budget;
    // A tenth of ten calls is one, whatever floating point makes of it.
    if (this.#retries + 1 > free + ratio * this.#calls + 1e-6) return false;
    this.#retries += 1;
    return true;
  }
}
