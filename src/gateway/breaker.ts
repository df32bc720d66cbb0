import {
  type Breaker,
  breakerOf,
  closedBreaker,
  failed,
  keptBreaker,
  permit,
  recalled,
  settled,
  slotOf,
  succeeded,
  unproved,
} from "../core/breaker.ts";
import type { Emit } from "../core/events.ts";
import { rootFailure, TestxError } from "../core/failure.ts";
import { breakerKey } from "../core/memo-keys.ts";
import type { Clock, Memo } from "../core/ports.ts";
import type { BreakerSettings } from "../core/sequence.ts";
import { spelled } from "../core/spelled.ts";
import { callOf, type GatewayCall, type Watcher } from "./call.ts";
import type { End } from "./end.ts";
import type { Policy } from "./policy.ts";

export interface BreakerDeps {
  readonly integration: string;
  /** Where the service is: one at another address has nothing to do with what is known of this. */
  readonly address: string;
  readonly settings: BreakerSettings;
  /** How long a probe may take, in ms: the deadline of any call. */
  readonly probeMs: number;
  readonly memo: Memo;
  readonly clock: Clock;
  readonly emit: Emit;
}

/**
 * Sends nothing to a service that is down, until one call, the probe, shows that it is back. A
 * call that finds it open is refused (BREAKER_OPEN, not applied); one that comes while the probe
 * is under way waits for what it shows. What it knows is shared by all processes on the state
 * folder and outlives them.
 */
export function breaker(deps: BreakerDeps): Policy {
  const guard = new Guard(deps);
  return (next) => (url, init) => {
    const call = callOf(init);
    const refusal = guard.enter(call);
    if (refusal === undefined) return next(url, call);
    if (!guard.isProbing) return Promise.reject(refusal);
    return guard.proved(call).then(() => next(url, call));
  };
}

/** How often it is looked whether a probe, perhaps another process's, is back, in ms. */
const lookMs = 50;

/** How long what was read of a closed breaker counts, in ms. */
const freshMs = 200;

class Guard implements Watcher {
  readonly #deps: BreakerDeps;
  readonly #key: string;
  #known: Breaker;
  /** On the monotonic clock, in ms; and how far the wall clock was ahead of it. */
  #readAt = Number.NEGATIVE_INFINITY;
  #ahead = 0;
  /** Attempts that went well and that nobody has been told of: telling costs more than they do. */
  #good: [from: number, good: number, bad: number][] = [];

  constructor(deps: BreakerDeps) {
    this.#deps = deps;
    this.#key = breakerKey(deps.integration);
    this.#known = closedBreaker;
  }

  /** The error for a call that may not go. */
  enter(call: GatewayCall): TestxError | undefined {
    const { clock, memo } = this.#deps;
    call.watch(this);
    call.breaker = undefined;
    const at = call.at(clock);
    if (at - this.#readAt < freshMs && this.#known.state === "closed") return undefined;
    const now = clock.now();
    if (at - this.#readAt >= freshMs) {
      this.#known = breakerOf(memo.get(this.#key), this.#deps.address);
      this.#readAt = at;
      this.#ahead = now - at;
    }
    const { state } = this.#known;
    if (state === "closed") return undefined;
    if (state === "forced-closed" && settled(this.#known, now) === this.#known) {
      call.breaker = state;
      return undefined;
    }
    const asked = this.#change(now, (breaker) => {
      const found = permit(breaker, now, this.#deps.probeMs);
      return [found.go ? found.breaker : settled(breaker, now), found] as const;
    });
    if (asked.go) {
      const after = this.#known.state;
      // Half-open it is for the probe alone.
      if (after !== "closed") call.breaker = after;
      return undefined;
    }
    call.hopeless = true;
    return this.#refusal(call, asked.waitMs);
  }

  get isProbing(): boolean {
    return this.#known.state === "half-open";
  }

  /** Resolves when the call may go; rejects when the probe failed, or the call's time is over. */
  async proved(call: GatewayCall): Promise<void> {
    call.delayed = true;
    for (;;) {
      try {
        await this.#deps.clock.sleep(lookMs, call.signal);
      } catch (cause) {
        throw call.cancellation(call.unsure ? "unknown" : "not-applied", cause);
      }
      this.#readAt = Number.NEGATIVE_INFINITY;
      const refusal = this.enter(call);
      if (refusal === undefined) {
        call.hopeless = false;
        return;
      }
      if (!this.isProbing) throw refusal;
    }
  }

  ended(call: GatewayCall, end: End): void {
    const { clock, settings } = this.#deps;
    const probe = call.breaker === "half-open";
    const sense = call.sent ? senseOf(call, end) : "nothing";
    if (sense === "nothing" && !probe) return;
    if (sense === "good" && !probe && this.#known.failures === 0) {
      this.#wentWell(call.endedAt + this.#ahead);
      return;
    }
    const now = clock.now();
    this.#change(now, (kept) => {
      if (sense === "nothing") return [unproved(kept, now), undefined];
      const before = recalled(kept, now, settings, this.#good);
      if (sense === "good") return [succeeded(before, now, settings, probe), undefined];
      const { retryAfterMs } = end.verdict;
      const about = {
        why: whyOf(call, end),
        probe,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
      return [failed(before, now, settings, about), undefined];
    });
    this.#good = [];
    const { state } = this.#known;
    // What it ended with says more than that another attempt would be refused.
    if (state === "open" || state === "forced-open") call.hopeless = true;
  }

  #wentWell(now: number): void {
    const from = slotOf(now, this.#deps.settings);
    const last = this.#good.at(-1);
    if (last?.[0] === from) last[1] += 1;
    else this.#good = [...this.#good.slice(-10), [from, 1, 0]];
  }

  /** Changes what all processes know, and tells a change of state. */
  #change<T>(now: number, work: (before: Breaker) => readonly [Breaker, T]): T {
    let result!: T;
    let before!: Breaker;
    this.#deps.memo.update(this.#key, (kept) => {
      before = breakerOf(kept, this.#deps.address);
      const [after, given] = work(before);
      result = given;
      this.#known = after;
      return after === before ? kept : keptBreaker(after, this.#deps.address);
    });
    this.#readAt = this.#deps.clock.monotonic();
    this.#ahead = now - this.#readAt;
    const { state, until, why } = this.#known;
    if (state !== before.state) {
      this.#deps.emit({
        ...{ type: "breaker.changed", integration: this.#deps.integration },
        ...{ from: before.state, to: state },
        ...(state === "open" && until !== undefined && { until }),
        reason: why,
      });
    }
    return result;
  }

  #refusal(call: GatewayCall, waitMs: number | undefined): TestxError {
    const { state, why } = this.#known;
    const what =
      state === "forced-open"
        ? `its breaker is held open (${why})`
        : state === "half-open"
          ? "its breaker waits for the one call that shows whether it is back"
          : `its breaker is open (${why})`;
    const whole = Math.ceil((waitMs ?? 0) / 1000) * 1000;
    const when = waitMs === undefined ? "" : `; the next call may go in ${spelled(whole)}`;
    return new TestxError(
      call.failure("BREAKER_OPEN", what + when, {
        transient: waitMs !== undefined,
        ...(waitMs !== undefined && { retryAfterMs: waitMs }),
      }),
    );
  }
}

/** Failures of the way to the service that are certain to have changed nothing. */
const transportFailures: ReadonlySet<string> = new Set([
  "GATEWAY_DNS",
  "GATEWAY_PROXY",
  "GATEWAY_REFUSED",
  "GATEWAY_RESET",
  "GATEWAY_TIMEOUT",
  "GATEWAY_TLS",
]);

/** What an attempt says of the service: a whole answer, even a refusal, says that it is there. */
function senseOf(call: GatewayCall, { verdict, status, error }: End): "good" | "bad" | "nothing" {
  const code = error === undefined ? undefined : rootFailure(error)?.code;
  if (call.cancelled === "interrupted" || code === "GATEWAY_REQUEST_INVALID") return "nothing";
  if (code !== undefined && transportFailures.has(code)) return "bad";
  const refused = status !== undefined && status >= 400 && status < 500;
  if (verdict.outcome !== "unknown" || refused || code === "GATEWAY_TOO_LARGE") return "good";
  return "bad";
}

/** With what did not answer: the code alone does not say that an address is wrong. */
function whyOf(call: GatewayCall, { verdict, status, error }: End): string {
  const cause = error === undefined ? undefined : rootFailure(error);
  if (cause !== undefined && transportFailures.has(cause.code)) {
    const itself = `${call.integration} ${call.operation.name}: `;
    const { code, message } = cause;
    return `${code}: ${message.startsWith(itself) ? message.slice(itself.length) : message}`;
  }
  return verdict.reason ?? (status === undefined ? verdict.outcome : `HTTP ${status}`);
}
