import type { Clock } from "../core/ports.ts";
import { host } from "./host.ts";

/** Turns of the event loop in a row without any activity after which nothing more is to come. */
const calmTurns = 4;
/** How long everything may hang while nothing is due, in ms of real time: then it is a bug. */
const stuckMs = 10_000;

interface Due {
  readonly at: number;
  readonly act: () => void | Promise<void>;
}

export interface VirtualTimeOptions {
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** Really waits as long as the time that passes: for demonstrations. */
  readonly wait?: ((ms: number) => Promise<void>) | undefined;
}

/**
 * Time that passes only when there is nothing else to do. What is to happen is put on the
 * timeline; `drive` waits until everything has come to rest, goes to the next of it, lets it
 * happen, and so on: one thing at a time, so that nothing depends on which of two was faster.
 */
export class VirtualTime {
  /** Milliseconds since the epoch. */
  now: number;
  #start: number;
  readonly #wait: VirtualTimeOptions["wait"];
  readonly #due = new Set<Due>();
  #activity = 0;
  /** Work on something real that is under way: nothing is at rest. */
  #busy = 0;
  /** Asked when everything is at rest, before time passes: put what has gathered on the timeline. */
  onRest: () => void = () => {};

  constructor({ start, wait }: VirtualTimeOptions) {
    this.now = start;
    this.#start = start;
    this.#wait = wait;
  }

  /** Ms since the beginning. */
  get elapsed(): number {
    return this.now - this.#start;
  }

  /** Counts `elapsed` from now on; no clock may be in use. */
  begin(): void {
    this.#start = this.now;
  }

  /** Lets `act` happen at that time; gives what takes it off again. Of one time the first put on comes first. */
  at(time: number, act: Due["act"]): () => void {
    const due: Due = { at: Math.max(this.now, Math.ceil(time)), act };
    this.#due.add(due);
    this.#activity += 1;
    return () => void this.#due.delete(due);
  }

  /** Something has happened that others may react to. */
  touch(): void {
    this.#activity += 1;
  }

  /** Time stands still while this real work is under way. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
      this.#activity += 1;
    }
  }

  /** A clock; when it is stopped, nobody who sleeps on it wakes any more. */
  clock(): { readonly clock: Clock; stop(): void } {
    const sleepers = new Set<() => void>();
    let stopped = false;
    const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        if (stopped) return;
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const end = (): void => {
          sleepers.delete(cancel);
          signal?.removeEventListener("abort", wake);
        };
        const wake = (): void => {
          cancel();
          end();
          this.touch();
          if (!stopped) reject(signal?.reason);
        };
        const cancel = this.at(this.now + ms, () => {
          end();
          resolve();
        });
        sleepers.add(cancel);
        signal?.addEventListener("abort", wake, { once: true });
      });
    const stop = (): void => {
      stopped = true;
      for (const cancel of sleepers) cancel();
    };
    return { clock: { now: () => this.now, monotonic: () => this.elapsed, sleep }, stop };
  }

  /** Lets time pass until `work` has ended. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    work.then(end, end);
    let hanging: number | undefined;
    for (;;) {
      await this.#rest();
      if (ended) return work;
      const next = this.#next();
      if (next !== undefined) {
        hanging = undefined;
        await this.#goTo(next);
        continue;
      }
      hanging ??= performance.now();
      if (performance.now() - hanging > stuckMs) {
        throw new Error("the simulation hangs: nothing is due, and the work has not ended");
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Lets everything happen that is due within the next `ms`, and then that time be over. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      await this.#rest();
      const next = this.#next();
      if (next === undefined || next.at > until) break;
      await this.#goTo(next);
    }
    if (until > this.now) await this.#wait?.(until - this.now);
    this.now = Math.max(this.now, until);
  }

  /** When the last thing is due that is on the timeline. */
  get last(): number {
    let last = this.now;
    for (const { at } of this.#due) last = Math.max(last, at);
    return last;
  }

  #next(): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#due) {
      if (first === undefined || due.at < first.at) first = due;
    }
    return first;
  }

  async #goTo(due: Due): Promise<void> {
    this.#due.delete(due);
    if (due.at > this.now) await this.#wait?.(due.at - this.now);
    this.now = Math.max(this.now, due.at);
    await due.act();
  }

  /** Resolves when nothing moves: no turn of the event loop brings anything new. */
  async #rest(): Promise<void> {
    for (let calm = 0; calm < calmTurns; ) {
      const before = this.#activity;
      await new Promise((resolve) => setImmediate(resolve));
      const moved = this.#activity !== before || this.#busy > 0 || host.isReading();
      calm = moved ? 0 : calm + 1;
      if (calm === calmTurns) {
        const gathered = this.#activity;
        this.onRest();
        if (this.#activity !== gathered) return;
      }
    }
  }
}
