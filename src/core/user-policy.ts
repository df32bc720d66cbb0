import type { FetchInit, HeadersLike, Reply } from "./http.ts";
import type { StepId } from "./step.ts";

/**
 * A policy of the user's own, from `policies` of testx.config.ts: a fetch around a fetch, folded
 * into the gateway of each integration that it is for. `docs/policies.md` says what it may do.
 */
export interface UserPolicy {
  /** How errors name it. Letters, digits, - and _; unique. */
  readonly name: string;
  /**
   * call: once for each call of an SDK, around everything else, waits and retries included.
   * attempt: for each request that is about to be sent, retries included.
   */
  readonly stage: "call" | "attempt";
  /** Among those of the same stage: the lowest is the outermost. Default: 0, as they are listed. */
  readonly order?: number;
  /** Only for these integrations, by their names in the sequence. Left out: for all. */
  readonly integrations?: readonly string[];
  /** Only for operations whose names match one of these: `chat.*`, `POST /repos/*`. Left out: for all. */
  readonly operations?: readonly string[];
  /** Called once for each integration's gateway; what it gives is called for each call. */
  policy(next: PolicyNext): PolicyHandler;
}

/**
 * Sends the request on. Once for each call, with the address, method and body as they came;
 * headers may be added or replaced, and another signal may end it sooner. Resolves with a whole
 * reply; rejects with a `TestxError` whose `failure.outcome` says what became of it.
 */
export type PolicyNext = (url: string, init: FetchInit) => Promise<Reply>;

/**
 * Gives the reply of `next`, or one of its own for a read; or throws a `TestxError` to refuse the
 * call. Anything else that it throws becomes a POLICY_FAILED that names it.
 */
export type PolicyHandler = (url: string, init: PolicyInit, info: PolicyInfo) => Promise<Reply>;

/** The request as a policy gets it. */
export interface PolicyInit extends FetchInit {
  readonly method: string;
  /** As the SDK made them: they hold the credential. */
  readonly headers: HeadersLike & Readonly<Record<string, string>>;
  /** Aborts when the time of the call is over, or the run is stopped. */
  readonly signal: AbortSignal;
}

/** Of which call a policy is asked. */
export interface PolicyInfo {
  readonly integration: string;
  /** `conversations.create`, `PATCH /repos/{owner}/{repo}/labels/{name}` */
  readonly operation: string;
  readonly write: boolean;
  /** The attempt that comes next, from 1. */
  readonly attempt: number;
  /** The step that it is made for; left out outside of steps. */
  readonly step?: StepId;
}
