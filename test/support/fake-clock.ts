import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/core/ports.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that moves only when it is told to. */
export class FakeClock implements Clock {
  #time: number;
  readonly #epoch: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(epoch = Date.UTC(2030, 0, 1)) {
    this.#epoch = epoch;
    this.#time = 0;
  }

  now = (): number => this.#epoch + this.#time;
  monotonic = (): number => this.#time;
  /** How many sleeps are under way. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const stop = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const sleeper: Sleeper = { at: this.#time + ms, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", stop, { once: true });
    });

  /** Moves on, waking sleepers in order, each at its own time. */
  async advance(ms: number): Promise<void> {
    const end = this.#time + ms;
    for (;;) {
      await setImmediate();
      const due = [...this.#sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      const [next] = due;
      if (next === undefined) break;
      this.#time = Math.max(this.#time, next.at);
      next.wake();
    }
    this.#time = end;
    await setImmediate();
  }
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
