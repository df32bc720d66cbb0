import type { Ignore } from "./ignore.ts";
import type { JsonObject } from "./json.ts";
import type { Timeouts } from "./provider.ts";
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
export type Fallback = "fail" | "skip" | "defer" | "cache";

/** What the four configuration files and the environment come to for one integration. */
export interface IntegrationSettings {
  readonly fallback: Fallback;
  readonly health: {
    /** How long a healthy result counts, in ms. */
    readonly intervalMs: number;
    /** Asked instead of the provider's own check, when given. */
    readonly url?: string;
    readonly expectedStatus: number;
    /** For the whole check; left out: the timeouts of any call. */
    readonly timeoutMs?: number;
  };
  readonly retry: {
    readonly maxAttempts: number;
    readonly baseDelayMs: number;
    readonly maxDelayMs: number;
  };
  readonly timeouts: Timeouts & {
    /** See `Provider.settleMs`. */
    readonly settleMs: number;
  };
  /** Base URL of the API, when the provider has one. */
  readonly endpoint?: string;
}
