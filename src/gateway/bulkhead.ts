import { TestxError } from "../core/failure.ts";
import { defaultQueue } from "../core/policy-defaults.ts";
import type { Bulkhead } from "../core/sequence.ts";
import { callOf, type GatewayCall, type Holder } from "./call.ts";
import type { Observer } from "./observe.ts";
import type { Policy } from "./policy.ts";

export type Concurrency = Pick<Bulkhead, "reads" | "writes"> & Partial<Bulkhead>;

/**
 * Limits how many reads and how many writes are under way; the others wait, first come first, in
 * a queue for each. One that finds its queue full is refused at once (GATEWAY_QUEUE_FULL).
 */
export function bulkhead(limits: Concurrency, observer: Pick<Observer, "refused">): Policy {
  const { queue = defaultQueue } = limits;
  const reads = new Slots("read", limits.reads, queue);
  const writes = new Slots("write", limits.writes, queue);
  return (next) => (url, init) => {
    const call = callOf(init);
    const slots = call.operation.write ? writes : reads;
    if (slots.take(call)) return next(url, call);
    const error = slots.refusal(call);
    if (error === undefined) {
      call.outlasted = true;
      return slots.wait(call).then(() => next(url, call));
    }
    observer.refused(call, { error });
    return Promise.reject(error);
  };
}

class Slots implements Holder {
  readonly #kind: "read" | "write";
  readonly #count: number;
  readonly #queue: number;
  #free: number;
  /** A Set keeps the order of arrival and forgets anyone in constant time. */
  readonly #waiting = new Set<() => void>();

  constructor(kind: "read" | "write", count: number, queue: number) {
    this.#kind = kind;
    this.#count = Math.max(1, Math.floor(count));
    this.#queue = Math.max(0, Math.floor(queue));
    this.#free = this.#count;
  }

  /** Why a call cannot even wait; `undefined`: it can. */
  refusal(call: GatewayCall): TestxError | undefined {
    if (this.#waiting.size < this.#queue) return undefined;
    const busy = `${this.#count} ${this.#kind}${this.#count === 1 ? " is" : "s are"} under way`;
    const what = `${busy} and ${this.#waiting.size} wait, which is the most`;
    return new TestxError(call.failure("GATEWAY_QUEUE_FULL", what, { transient: true }));
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
