import type { Emit } from "../core/events.ts";
import { TestxError } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import { limitKey } from "../core/memo-keys.ts";
import type { Clock, Memo } from "../core/ports.ts";
import { type LimitState, limitStateOf } from "../core/rate-limits.ts";
import { type BucketRule, bucketOf, levelOf, returnable, waitMs } from "../core/token-bucket.ts";
import type { GatewayCall } from "./call.ts";

/** What one call takes out of one limit. */
export interface Demand {
  /** The bucket: of a limit, or of one of those that a limit counts apart. */
  readonly key: string;
  readonly cost: number;
  readonly rule: BucketRule;
  /** `100 requests in 60 s` */
  readonly text: string;
  /** The service's own word to wait concerns this bucket, not all calls. */
  readonly apart: boolean;
}

/** The pause that all calls heed. */
export const everything = "*";

interface Turn {
  readonly waitMs: number;
  /** What it waits for. */
  readonly limit: string;
}

interface Waiter {
  readonly call: GatewayCall;
  readonly demands: readonly Demand[];
  readonly since: number;
  turn: Turn | undefined;
  error: TestxError | undefined;
  enter: (() => void) | undefined;
  refuse: ((error: TestxError) => void) | undefined;
}

/** Taken for calls that are about to come: one transaction serves several. */
interface Lease {
  units: number;
  readonly at: number;
  /** The same on the monotonic clock. */
  readonly since: number;
  readonly rule: BucketRule;
}

export interface LimiterDeps {
  readonly integration: string;
  readonly memo: Memo;
  readonly clock: Clock;
  readonly emit: Emit;
}

/** A wait shorter than this is not worth a word, in ms. */
const tellingMs = 250;
/** How long no pause being on counts, in ms. */
const quietMs = 50;

/**
 * Whose turn it is, first come first served, by buckets that all processes on a state folder
 * share. What a call uses is kept before it is sent, so that nothing is forgotten however the
 * process dies. Calls that may go at once need no promise, and mostly no transaction either.
 */
export class Limiter {
  readonly #deps: LimiterDeps;
  readonly #key: string;
  #queue: Waiter[] = [];
  #leases = new Map<string, Lease>();
  #grantedAt = Number.NEGATIVE_INFINITY;
  /** When it was seen that no pause is on, on the monotonic clock; for calls that no limit counts. */
  #quietAt = Number.NEGATIVE_INFINITY;
  #sleeper: AbortController | undefined;

  constructor(deps: LimiterDeps) {
    this.#deps = deps;
    this.#key = limitKey(deps.integration);
  }

  /** `undefined`: it may go. Rejects with GATEWAY_LIMITED at once when its time is too short. */
  enter(call: GatewayCall, demands: readonly Demand[]): Promise<void> | undefined {
    const { clock } = this.#deps;
    call.waitedMs = 0;
    if (this.#queue.length === 0 && this.#isLeased(demands, call.at(clock))) return undefined;
    const nobody = { turn: undefined, error: undefined, enter: undefined, refuse: undefined };
    const waiter: Waiter = { call, demands, since: clock.monotonic(), ...nobody };
    this.#queue.push(waiter);
    this.#serve();
    if (waiter.error !== undefined) return Promise.reject(waiter.error);
    if (waiter.turn === undefined) return undefined;
    this.#tell(call, waiter.turn);
    call.delayed = true;
    return this.#wait(waiter);
  }

  /** The service wants to be left alone: by a bucket, or by all calls. */
  pause(key: string, forMs: number, why: string): void {
    const until = this.#deps.clock.now() + forMs;
    this.#change((state) => {
      const known = state.pauses[key];
      if (known === undefined || known[0] < until) state.pauses[key] = [until, why];
      return [];
    });
  }

  /** The service says that only so much is left. */
  lower(key: string, rule: BucketRule, left: number): void {
    if (left >= rule.capacity) return;
    this.#change((state, now) => {
      const level = Math.max(levelOf(state.buckets[key], rule, now), rule.capacity - left);
      state.buckets[key] = bucketOf(level, rule, now);
      return [];
    });
  }

  /** @param at on the monotonic clock */
  #isLeased(demands: readonly Demand[], at: number): boolean {
    if (demands.length === 0) return at - this.#quietAt < quietMs;
    if (demands.length === 1) {
      const { key, cost } = demands[0] as Demand;
      const lease = this.#leases.get(key);
      if (lease === undefined || lease.units < cost) return false;
      if (at - lease.since > lease.rule.leaseMs) return false;
      lease.units -= cost;
      return true;
    }
    for (const { key, cost } of demands) {
      const lease = this.#leases.get(key);
      if (lease === undefined || lease.units < cost) return false;
      if (at - lease.since > lease.rule.leaseMs) return false;
    }
    for (const { key, cost } of demands) (this.#leases.get(key) as Lease).units -= cost;
    return true;
  }

  #wait(waiter: Waiter): Promise<void> {
    const { call } = waiter;
    const { signal } = call;
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#queue = this.#queue.filter((one) => one !== waiter);
        reject(call.cancellation("not-applied"));
        this.#serve();
      };
      waiter.enter = () => {
        signal.removeEventListener("abort", stop);
        call.waitedMs = this.#deps.clock.monotonic() - waiter.since;
        resolve();
      };
      waiter.refuse = (error) => {
        signal.removeEventListener("abort", stop);
        reject(error);
      };
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    });
  }

  /** Lets go whoever may, refuses whoever would wait too long, and wakes up for the next one. */
  #serve(): void {
    const monotonic = this.#deps.clock.monotonic();
    let waiting: Waiter[] = [];
    let gone: Waiter[] = [];
    let late: Waiter[] = [];
    this.#change((state, now) => {
      [waiting, gone, late] = [[], [], []];
      /** What those who wait longer are going to take. */
      const claimed = new Map<string, number>();
      for (const waiter of this.#queue) {
        const turn = turnOf(waiter.demands, state, claimed, now);
        waiter.turn = turn.waitMs > 0 ? turn : undefined;
        if (waiter.turn === undefined) {
          for (const demand of waiter.demands) pour(state, demand, demand.cost, now);
          gone.push(waiter);
        } else if (monotonic + turn.waitMs >= waiter.call.deadline) {
          late.push(waiter);
        } else {
          for (const { key, cost } of waiter.demands) {
            claimed.set(key, (claimed.get(key) ?? 0) + cost);
          }
          waiting.push(waiter);
        }
      }
      const last = gone.at(-1);
      return last === undefined || waiting.length > 0 ? [] : last.demands;
    });
    this.#queue = waiting;
    for (const waiter of late) {
      waiter.error = limited(waiter.call, waiter.turn as Turn);
      waiter.refuse?.(waiter.error);
    }
    for (const waiter of gone) waiter.enter?.();
    this.#sleep();
  }

  /** Puts back what was not used, lets `work` change what is known, and leases what it names. */
  #change(work: (state: LimitState, now: number) => readonly Demand[]): void {
    const { memo, clock } = this.#deps;
    const now = clock.now();
    let leases = new Map<string, Lease>();
    let quiet = false;
    let served = false;
    memo.update(this.#key, (kept) => {
      const state = limitStateOf(kept, now);
      for (const [key, { units, at, rule }] of this.#leases) {
        const level = levelOf(state.buckets[key], rule, now) - returnable(units, now - at, rule);
        if (units > 0) state.buckets[key] = bucketOf(Math.max(0, level), rule, now);
      }
      const wanted = work(state, now);
      served = wanted.length > 0;
      quiet = Object.keys(state.pauses).length === 0;
      leases = quiet ? this.#lease(state, wanted, now) : new Map();
      if (quiet && Object.keys(state.buckets).length === 0) return undefined;
      return state as unknown as Json;
    });
    this.#leases = leases;
    if (served) this.#grantedAt = now;
    this.#quietAt = quiet ? clock.monotonic() : Number.NEGATIVE_INFINITY;
  }

  /** Only while calls come one after another, and there is enough left for others. */
  #lease(state: LimitState, wanted: readonly Demand[], now: number): Map<string, Lease> {
    const leases = new Map<string, Lease>();
    for (const { key, cost, rule } of wanted) {
      if (now - this.#grantedAt > rule.leaseMs) continue;
      const share = Math.floor(rule.capacity / 16);
      const units = Math.floor(share / cost) * cost;
      if (units === 0 || levelOf(state.buckets[key], rule, now) + units > rule.capacity / 2)
        continue;
      pour(state, { key, rule }, units, now);
      leases.set(key, { units, at: now, since: this.#deps.clock.monotonic(), rule });
    }
    return leases;
  }

  #sleep(): void {
    this.#sleeper?.abort();
    this.#sleeper = undefined;
    const next = Math.min(...this.#queue.map(({ turn }) => turn?.waitMs ?? 0));
    if (this.#queue.length === 0) return;
    const sleeper = new AbortController();
    this.#sleeper = sleeper;
    this.#deps.clock.sleep(next, sleeper.signal).then(
      () => this.#serve(),
      () => undefined,
    );
  }

  #tell({ integration, operation, context }: GatewayCall, { waitMs, limit }: Turn): void {
    if (waitMs < tellingMs) return;
    const step = context?.step;
    this.#deps.emit({
      ...{ type: "call.waiting", integration, operation: operation.name, waitMs, limit },
      ...(step !== undefined && { step }),
    });
  }
}

function turnOf(
  demands: readonly Demand[],
  state: LimitState,
  claimed: ReadonlyMap<string, number>,
  now: number,
): Turn {
  let [longest, limit] = [0, ""];
  const consider = (ms: number, text: string): void => {
    if (ms > longest) [longest, limit] = [ms, text];
  };
  const paused = (key: string): void => {
    const pause = state.pauses[key];
    if (pause !== undefined) consider(pause[0] - now, `asked by the service (${pause[1]})`);
  };
  paused(everything);
  for (const { key, cost, rule, text } of demands) {
    paused(key);
    const level = levelOf(state.buckets[key], rule, now) + (claimed.get(key) ?? 0);
    consider(waitMs(level, cost, rule), text);
  }
  return { waitMs: longest, limit };
}

function pour(
  state: LimitState,
  { key, rule }: Pick<Demand, "key" | "rule">,
  units: number,
  now: number,
): void {
  state.buckets[key] = bucketOf(levelOf(state.buckets[key], rule, now) + units, rule, now);
}

function limited(call: GatewayCall, { waitMs: retryAfterMs, limit }: Turn): TestxError {
  const wait = `${Math.ceil(retryAfterMs / 1000)} s`;
  return new TestxError(
    call.failure("GATEWAY_LIMITED", `its turn would come in ${wait} (${limit}), too late for it`, {
      transient: true,
      retryAfterMs,
    }),
  );
}
