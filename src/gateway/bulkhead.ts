import { callOf, type GatewayCall } from "./call.ts";
import type { Policy } from "./policy.ts";

export interface Concurrency {
  readonly reads: number;
  readonly writes: number;
}

/** Limits how many reads and how many writes are under way; the others wait, first come first. */
export function bulkhead(limits: Concurrency): Policy {
  const reads = new Slots(limits.reads);
  const writes = new Slots(limits.writes);
  return (next) => async (url, init) => {
    const call = callOf(init);
    const slots = call.operation.write ? writes : reads;
    if (!slots.take()) await slots.wait(call);
    try {
      return await next(url, call);
    } finally {
      slots.give();
    }
  };
}

class Slots {
  #free: number;
  /** A Set keeps the order of arrival and forgets anyone in constant time. */
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = Math.max(1, Math.floor(count));
  }

  take(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  /** Resolves when a slot has been handed over. */
  wait(call: GatewayCall): Promise<void> {
    const { signal } = call;
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.delete(enter);
        reject(call.cancellation("not-applied"));
      };
      if (signal.aborted) {
        reject(call.cancellation("not-applied"));
        return;
      }
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.add(enter);
    });
  }

  /** Hands the slot to whoever waits longest. */
  give(): void {
    const [enter] = this.#waiting;
    if (enter === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(enter);
    enter();
  }
}
