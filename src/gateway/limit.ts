import type { ReplyHeaders } from "../core/http.ts";
import type { ProviderLimit } from "../core/provider.ts";
import { limitText } from "../core/rate-limits.ts";
import { ruleOf } from "../core/token-bucket.ts";
import { resetAfter } from "../core/verdict.ts";
import { callOf, type GatewayCall, type Watcher } from "./call.ts";
import type { End } from "./end.ts";
import { type Demand, everything, Limiter, type LimiterDeps } from "./limiter.ts";
import type { Policy } from "./policy.ts";

/** How long before a call is sent its share may be taken, in ms. */
const leaseMs = 50;

/**
 * Keeps to the service's limits, the published ones and what it says itself: `Retry-After` makes
 * all calls wait (or those of the method, where the service counts by method), and what remains
 * by `x-ratelimit-remaining` counts where it is less than testx believes.
 */
export function limit(limits: readonly ProviderLimit[], deps: LimiterDeps): Policy {
  const limiter = new Limiter(deps);
  const demandsOf = counting(limits);
  const learner = new Learner(limits, limiter, demandsOf, deps);
  return (next) => (url, init) => {
    const call = callOf(init);
    call.watch(learner);
    const turn = limiter.enter(call, demandsOf(call));
    return turn === undefined ? next(url, call) : turn.then(() => next(url, call));
  };
}

type Count = (call: GatewayCall) => readonly Demand[];

function counting(limits: readonly ProviderLimit[]): Count {
  const counted = limits.map((one) => {
    const rule = ruleOf(one, leaseMs);
    const { id: key, apart = false } = one;
    const whole: Demand = { key, cost: 1, rule, text: limitText(one), apart };
    return { limit: one, whole };
  });
  // The same list for every call, where none depends on what is asked.
  const always = counted.map(({ whole }) => whole);
  if (limits.every(({ cost, per }) => cost === undefined && per === undefined)) return () => always;
  return ({ operation, request }) => {
    const demands: Demand[] = [];
    for (const { limit, whole } of counted) {
      const cost = limit.cost === undefined ? 1 : Math.ceil(limit.cost(operation, request));
      if (cost <= 0) continue;
      const name = limit.per?.(operation, request);
      const key = name === undefined ? whole.key : `${whole.key} ${name}`;
      demands.push(cost === 1 && name === undefined ? whole : { ...whole, key, cost });
    }
    return demands;
  };
}

/** Told how attempts ended: what the service says of its limits counts more than what is written. */
class Learner implements Watcher {
  readonly #limiter: Limiter;
  readonly #demandsOf: Count;
  readonly #now: () => number;
  /** What `x-ratelimit-remaining` tells of: the longest limit that counts every call. */
  readonly #overall: Demand | undefined;

  constructor(
    limits: readonly ProviderLimit[],
    limiter: Limiter,
    demandsOf: Count,
    { clock }: LimiterDeps,
  ) {
    this.#limiter = limiter;
    this.#demandsOf = demandsOf;
    this.#now = clock.now;
    const [longest] = limits
      .filter(({ cost, per }) => cost === undefined && per === undefined)
      .sort((a, b) => b.perMs - a.perMs);
    const counted = longest === undefined ? undefined : counting([longest]);
    this.#overall = counted?.(undefined as never)[0];
  }

  ended(call: GatewayCall, { verdict, reply }: End): void {
    if (!call.sent) return;
    const { transient, retryAfterMs, reason = "Retry-After" } = verdict;
    if (transient && retryAfterMs !== undefined && retryAfterMs > 0) {
      const apart = this.#demandsOf(call).find((demand) => demand.apart);
      this.#limiter.pause(apart?.key ?? everything, retryAfterMs, reason);
    } else if (reply !== undefined) {
      this.#remaining(reply.headers);
    }
  }

  #remaining(headers: ReplyHeaders): void {
    const said = headers.get("x-ratelimit-remaining");
    if (said === null || !/^\d+$/.test(said)) return;
    // GitHub counts searches and the like apart.
    if ((headers.get("x-ratelimit-resource") ?? "core") !== "core") return;
    const left = Number(said);
    if (left === 0) {
      const forMs = resetAfter(headers, this.#now);
      if (forMs !== undefined && forMs > 0) this.#limiter.pause(everything, forMs, "none remain");
    } else if (this.#overall !== undefined) {
      const { key, rule } = this.#overall;
      this.#limiter.lower(key, rule, left);
    }
  }
}
