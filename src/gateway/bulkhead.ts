import { callOf, type GatewayCall, type Holder } from "./call.ts";
import type { Policy } from "./policy.ts";

export interface Concurrency {
  readonly reads: number;
  readonly writes: number;
}

/** Limits how many reads and how many writes are under way; the others wait, first come first. */
export function bulkhead(limits: Concurrency): Policy {
  const reads = new Slots(limits.reads);
  const writes = new Slots(limits.writes);
  return (next) => (url, init) => {
    const call = callOf(init);
    const slots = call.operation.write ? writes : reads;
    if (slots.take(call)) return next(url, call);
    return slots.wait(call).then(() => next(url, call));
  };
}

class Slots implements Holder {
  #free: number;
  /** A Set keeps the order of arrival and forgets anyone in constant time. */
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = Math.max(1, Math.floor(count));
  }

  take(call: GatewayCall): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    call.hold(this);
    return true;
  }

  /** Resolves when a slot has been handed over. */
  wait(call: GatewayCall): Promise<void> {
    const { signal } = call;
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener("abort", stop);
        call.hold(this);
        resolve();
      };
      const stop = (): void => {
        this.#waiting.delete(enter);
        reject(call.cancellation("not-applied"));
      };
      if (signal.aborted) {
        reject(call.cancellation("not-applied"));
        return;
      }
      signal.addEventListener("abort", stop, { once: true });
      this.#waiting.add(enter);
    });
  }

  /** Hands the slot to whoever waits longest. */
  leave(): void {
    if (this.#waiting.size === 0) {
      this.#free += 1;
      return;
    }
    const [enter = () => undefined] = this.#waiting;
    this.#waiting.delete(enter);
    enter();
  }
}
