import type { Failure } from "./failure.ts";
import type { Origin, RunId } from "./journal.ts";
import type { Json, JsonObject } from "./json.ts";
import type { StepId } from "./step.ts";

/** One thing wrong with a configuration, at its place. `details.problems` of a failure holds these. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** Path as the user would type it. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 units. */
  readonly column?: number;
  /** How many characters the caret underlines; 1 when left out. */
  readonly length?: number;
  /** The text of that line, without its line break. */
  readonly source?: string;
  /** What was probably meant: `Did you mean "slack.channel"?` */
  readonly hint?: string;
}

/** What undoing one write would do. */
export interface RollbackPoint {
  /** The operation's id: what `testx rollback --to` takes. */
  readonly point: string;
  readonly run: RunId;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly step: StepId;
  readonly title: string;
  readonly would: "delete" | "restore" | "nothing";
  /** The fields that `restore` would write back. */
  readonly fields: readonly string[];
  /** Why it would do nothing, or what it cannot bring back. */
  readonly reason?: string;
}

/** One thing that testx knows to be set up. */
export interface StatusItem {
  readonly step: StepId;
  readonly integration: string;
  readonly kind: string;
  readonly title: string;
  readonly origin: Origin;
  readonly run: RunId;
  readonly at: number;
  readonly url?: string;
  /** Set for a step that waits for its service to come back. */
  readonly deferred?: Failure;
}

/** Receipts by step. */
export type Outputs = Readonly<Record<StepId, JsonObject>>;

/** One setting and where its value came from. */
export interface Setting {
  /** `slack.retry.maxAttempts` */
  readonly path: string;
  readonly value: Json;
  /** `default`, `environment INTEGRATION_RETRY_MAX_ATTEMPTS`, `retry-policies.json:4:7` */
  readonly origin: string;
}
