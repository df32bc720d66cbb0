import type { Clock } from "../core/ports.ts";
import { callOf, type GatewayCall } from "./call.ts";
import type { Policy } from "./policy.ts";

/**
 * One deadline over the whole call: connection, headers, body, waits and retries. Relies on
 * what is inside to end at once when the call's signal aborts, as transport and waits do.
 */
export function deadline(totalMs: number, clock: Clock): Policy {
  const watch = new Watch(totalMs, clock);
  return (next) => async (url, init) => {
    const call = callOf(init);
    watch.add(call);
    try {
      return await next(url, call);
    } finally {
      watch.delete(call);
    }
  };
}

/**
 * One timer for all calls: they have the same time each, so they run out in order of arrival.
 * A timer and an AbortController a call would cost more than all other policies together.
 */
class Watch {
  readonly #totalMs: number;
  readonly #clock: Clock;
  readonly #calls = new Set<GatewayCall>();
  #sleeper: AbortController | undefined;
  #dozing = false;

  constructor(totalMs: number, clock: Clock) {
    this.#totalMs = totalMs;
    this.#clock = clock;
  }

  add(call: GatewayCall): void {
    call.deadline = this.#clock.monotonic() + this.#totalMs;
    this.#calls.add(call);
    if (this.#sleeper === undefined) void this.#run();
  }

  delete(call: GatewayCall): void {
    this.#calls.delete(call);
    if (this.#calls.size > 0 || this.#dozing) return;
    // The timer must not keep the process alive, yet the next call is often a moment away.
    this.#dozing = true;
    setImmediate(() => {
      this.#dozing = false;
      if (this.#calls.size === 0) this.#sleeper?.abort();
    });
  }

  async #run(): Promise<void> {
    const sleeper = new AbortController();
    this.#sleeper = sleeper;
    for (let next = this.#expire(); next !== undefined; next = this.#expire()) {
      try {
        await this.#clock.sleep(next, sleeper.signal);
      } catch {
        break;
      }
    }
    this.#sleeper = undefined;
    if (this.#calls.size > 0) void this.#run();
  }

  /** Cancels what has run out. Gives the time until the next one does. */
  #expire(): number | undefined {
    const now = this.#clock.monotonic();
    for (const call of this.#calls) {
      if (call.deadline > now) return call.deadline - now;
      this.#calls.delete(call);
      call.cancel("deadline");
    }
    return undefined;
  }
}
