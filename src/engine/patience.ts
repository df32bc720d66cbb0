import type { Failure } from "../core/failure.ts";
import type { StepId } from "../core/step.ts";
import type { EngineDeps } from "./deps.ts";

/** How long a run waits in all for what is refused for now, by integration, in ms. */
const patienceMs: Readonly<Record<string, number>> = {
  // Long enough for a breaker to open twice: a service that is still down then stays down.
  BREAKER_OPEN: 90_000,
  // It is certain to become free.
  GATEWAY_LIMITED: 600_000,
};

/** To which a wait grows that is longer than the one that was asked for, in ms. */
const longest = 60_000;

/**
 * Waits where giving up would leave something behind: an undo that is refused only because a
 * breaker has just opened, a look after a write of unknown outcome, a long list that a rate limit
 * cuts short. What was waited for is not had again, so that a service that stays away ends it.
 */
export class Patience {
  readonly #deps: EngineDeps;
  readonly #most: Readonly<Record<string, number>>;
  readonly #left = new Map<string, number>();
  /** The last wait for a service that said when to come back: when it ended, and how long it was. */
  readonly #last = new Map<string, { readonly at: number; readonly ms: number }>();

  /** `none`: for a look that somebody waits for, to whom what stands in the way is the answer. */
  constructor(deps: EngineDeps, has: "none" | "enough") {
    this.#deps = deps;
    this.#most = has === "none" ? {} : patienceMs;
  }

  /** Whether it has waited, so that it is worth asking again. Rejects when the user stops. */
  async waited(step: StepId, refused: Failure, codes: readonly string[]): Promise<boolean> {
    const { retryAfterMs, integration = "" } = refused;
    const code = isRateLimit(refused) ? "GATEWAY_LIMITED" : refused.code;
    const most = this.#most[code];
    if (most === undefined || retryAfterMs === undefined || !codes.includes(code)) return false;
    const key = `${code} ${integration}`;
    const left = this.#left.get(key) ?? most;
    const waitMs = isRateLimit(refused) ? this.#grown(key, retryAfterMs) : retryAfterMs;
    if (waitMs > left) return false;
    this.#left.set(key, left - waitMs);
    this.#deps.emit({ type: "step.probing", step, waitMs, failure: refused });
    await this.#deps.clock.sleep(waitMs, this.#deps.stop);
    this.#last.set(key, { at: this.#deps.clock.now(), ms: waitMs });
    return true;
  }

  /**
   * Who is turned away again after what it was told to wait waits twice as long: GitHub may ban
   * who goes on as before ("wait for an exponentially increasing amount of time"):
   * https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
   */
  #grown(key: string, told: number): number {
    const last = this.#last.get(key);
    const isNews = last === undefined || this.#deps.clock.now() - last.at > longest;
    return isNews ? told : Math.max(told, Math.min(2 * last.ms, longest));
  }
}

/** A service that says when to come back has not acted, and means it. */
function isRateLimit({ code, outcome }: Failure): boolean {
  return outcome === "not-applied" && code.endsWith("_RATE_LIMITED");
}

/** What is refused here comes free by itself. */
export const limited = ["GATEWAY_LIMITED"];
/** What may be gone when a service is left alone for a while. */
export const refusals = ["GATEWAY_LIMITED", "BREAKER_OPEN"];
