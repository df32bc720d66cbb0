import type { Ignore } from "./ignore.ts";
import type { JsonObject } from "./json.ts";
import type { StepId } from "./step.ts";

/** The parsed and validated `integration-sequence.json`. */
export interface Sequence {
  /** Path of the file it came from. */
  readonly file: string;
  readonly integrations: readonly Integration[];
  /** In the order of the file. */
  readonly steps: readonly StepSpec[];
}

export interface Integration {
  readonly id: string;
  readonly provider: string;
  readonly dependsOn: readonly string[];
  readonly required: boolean;
  /** As written, with `${env.NAME}` references in place. */
  readonly with: JsonObject;
  readonly settings: IntegrationSettings;
}

export interface StepSpec {
  readonly id: StepId;
  readonly integration: string;
  /** Full: `slack.channel`. */
  readonly kind: string;
  /** As written, with references in place. */
  readonly with: JsonObject;
  /**
   * The steps that come right before: named, referred to, and for an integration's first steps
   * the last steps of the integrations it depends on. What comes before those is not repeated.
   */
  readonly after: readonly StepId[];
  /** What of it is left to others once it is there. */
  readonly ignore?: Ignore;
}

/** What to do when an integration fails for good. */
export type Fallback = "fail" | "skip" | "defer" | "cache" | "default";

export interface FallbackRule {
  readonly strategy: Fallback;
  /** For `default`: the receipt that later steps get, as written, references in place. */
  readonly value?: JsonObject;
}

export type Backoff = "fixed" | "linear" | "exponential" | "full-jitter" | "decorrelated-jitter";

export interface RetryPolicy {
  /** The first attempt included. */
  readonly maxAttempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** How the waits grow. Left out: full jitter. */
  readonly strategy?: Backoff;
}

/** How much load retries may add to a run. */
export interface RetryBudget {
  /** Retries as a share of the calls. */
  readonly ratio: number;
  /** The first retries of a run, which do not count. */
  readonly free: number;
}

/** Settings for the operations whose names match: `chat.*`, `POST /repos/*`; the first that does counts. */
export interface ForOperation<T> {
  readonly match: string;
  readonly settings: T;
}

/** At most `requests` in any window of `perMs`, of which `burst` may come at once. */
export interface RateLimit {
  /** `requests`, `points`, `content`, `tier 2`: unique within the integration. */
  readonly id: string;
  readonly requests: number;
  readonly perMs: number;
  /** Left out: a tenth of `requests`, at least one. */
  readonly burst?: number;
}

export interface BreakerSettings {
  /** False: it never opens by itself. */
  readonly enabled: boolean;
  /** So many failures in a row open it. */
  readonly consecutive: number;
  /** This share of at least `minimum` attempts within `windowMs` opens it too. */
  readonly ratio: number;
  readonly minimum: number;
  readonly windowMs: number;
  /** How long it stays open at least, before one call is let through as a probe. */
  readonly openMs: number;
}

export interface Bulkhead {
  readonly reads: number;
  readonly writes: number;
  /** How many calls may wait for their turn; one more is refused. */
  readonly queue: number;
}

export interface ResponseCacheSettings {
  readonly enabled: boolean;
  /** How long answers count, by kind of thing as the provider's wire names it (`repository`), in ms. */
  readonly ttlMs: Readonly<Record<string, number>>;
  /** How long past that an answer may stand in while a new one is fetched, in ms. */
  readonly revalidateMs: number;
}

/** Where a credential comes from. Its value is never kept. */
export type CredentialSource =
  | { readonly env: string }
  /**
   * Absolute path, or one from `~`; read again when it changes. `store`: testx may write into it what a service
   * gives in place of a value that it takes only once.
   */
  | { readonly file: string; readonly store?: true }
  /** Program and arguments, without a shell; its standard output is the value. */
  | { readonly command: readonly [string, ...string[]]; readonly ttlMs?: number }
  /**
   * The provider's own exchange (`githubApp`, `slackRefresh`); its parts are sources themselves.
   * `with` is as written, `${env.NAME}` in place.
   */
  | {
      readonly exchange: string;
      readonly with: JsonObject;
      readonly secrets: Readonly<Record<string, CredentialSource>>;
    };

/** How long things may take, in ms. */
export interface Timeouts {
  readonly connectMs: number;
  /** For the whole call: headers, body and retries. */
  readonly totalMs: number;
}

/** What the configuration files and the environment come to for one integration. */
export interface IntegrationSettings {
  readonly fallback: Fallback;
  /** For `default`. */
  readonly fallbackValue?: JsonObject;
  /** By step (`slack.channel`) or kind (`message`), the step first: what counts instead. */
  readonly fallbacks?: Readonly<Record<string, FallbackRule>>;
  readonly health: {
    /** How long a healthy result counts, in ms. */
    readonly intervalMs: number;
    /** Asked instead of the provider's own check, when given. */
    readonly url?: string;
    readonly expectedStatus: number;
    /** For the whole check; left out: the timeouts of any call. */
    readonly timeoutMs?: number;
    /** Left out: `http` where there is a `url`, else the provider's own. */
    readonly check?: "provider" | "http" | "tcp";
    /** For `tcp`. */
    readonly host?: string;
    readonly port?: number;
  };
  readonly retry: RetryPolicy & {
    readonly operations?: readonly ForOperation<Partial<RetryPolicy>>[];
    readonly budget?: Partial<RetryBudget>;
  };
  readonly timeouts: Timeouts & {
    /** See `Provider.settleMs`. */
    readonly settleMs: number;
  };
  /** By id; one that the provider has as well replaces it. Left out: the provider's. */
  readonly rateLimits?: readonly RateLimit[];
  /** What is left out of these counts as in `core/policy-defaults.ts`. */
  readonly breaker?: Partial<BreakerSettings>;
  readonly bulkhead?: Partial<Bulkhead>;
  readonly cache?: Partial<ResponseCacheSettings>;
  /** Tried in order; left out: the provider's environment variable. */
  readonly credentials?: readonly CredentialSource[];
  /** Base URL of the API, when the provider has one. */
  readonly endpoint?: string;
}
