import type { Failure } from "./failure.ts";
import type { Origin, RunId } from "./journal.ts";
import type { JsonObject } from "./json.ts";
import type { StepId } from "./step.ts";

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
