import type { Clock } from "../core/ports.ts";
import { callOf, type GatewayCall, type Holder } from "./call.ts";
import type { Policy } from "./policy.ts";

/**
 * One deadline over the whole call: connection, headers, body, waits and retries. Relies on
 * what is inside to end at once when the call's signal aborts, as transport and waits do.
 */
export function deadline(totalMs: number, clock: Clock): Policy {
  const watch = new Watch(totalMs, clock);
  return (next) => (url, init) => {
    watch.add(callOf(init));
    return next(url, init);
  };
}

/**
 * One timer for all calls: they have the same time each, so they run out in order of arrival,
 * which is the order of the list. A timer and an AbortController for each call would cost more
 * than all other policies together.
 */
class Watch implements Holder {
  readonly #totalMs: number;
  readonly #clock: Clock;
  #first: GatewayCall | undefined;
  #last: GatewayCall | undefined;
  #sleeper: AbortController | undefined;
  #dozing = false;

  constructor(totalMs: number, clock: Clock) {
    this.#totalMs = totalMs;
    this.#clock = clock;
  }

  add(call: GatewayCall): void {
    call.startedAt = this.#clock.monotonic();
    call.deadline = call.startedAt + this.#totalMs;
    call.earlier = this.#last;
    if (this.#last === undefined) this.#first = call;
    else this.#last.later = call;
    this.#last = call;
    call.hold(this);
    if (this.#sleeper === undefined) void this.#run();
  }

  leave(call: GatewayCall): void {
    this.#unlink(call);
    if (this.#first !== undefined || this.#dozing) return;
    // The timer must not keep the process alive, yet the next call is often a moment away.
    this.#dozing = true;
    setImmediate(() => {
      this.#dozing = false;
      if (this.#first === undefined) this.#sleeper?.abort("idle");
    });
  }

  #unlink(call: GatewayCall): void {
    const { earlier, later } = call;
    if (earlier === undefined && this.#first !== call) return;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    call.earlier = undefined;
    call.later = undefined;
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
    if (this.#first !== undefined) void this.#run();
  }

  /** Cancels what has run out. Gives the time until the next one does. */
  #expire(): number | undefined {
    const now = this.#clock.monotonic();
    for (let call = this.#first; call !== undefined; call = this.#first) {
      if (call.deadline > now) return call.deadline - now;
      this.#unlink(call);
      call.cancel("deadline");
    }
    return undefined;
  }
}
