import type { Failure } from "./failure.ts";
import type {
  Counts,
  OperationId,
  Origin,
  RunCommand,
  RunId,
  RunOutcome,
  StepResidue,
} from "./journal.ts";
import type { JsonObject } from "./json.ts";
import type { Plan } from "./plan.ts";
import type { LockHolder } from "./ports.ts";
import type { Health } from "./provider.ts";
import type { Change, Residue, StepId } from "./step.ts";

/** A step, as a run that begins names it. */
export interface StepInfo {
  readonly step: StepId;
  readonly integration: string;
  readonly title: string;
}

export type BreakerState = "closed" | "open" | "half-open" | "forced-open" | "forced-closed";

/** Everything that happens in a run, for renderers, logs and scripts. One line each in NDJSON. */
export type RunEventBody =
  /** Before a run has an id (`run` is empty): another process is at work, and testx waits for it. */
  | {
      readonly type: "lock.waiting";
      readonly holder?: LockHolder;
      readonly waitedMs: number;
      /** After this long testx gives up. */
      readonly leftMs: number;
    }
  | {
      readonly type: "run.started";
      readonly command: RunCommand;
      /** The unfinished run that this one goes on with has the same id. */
      readonly resumed: boolean;
      /** For a rollback: the run that it unwinds. */
      readonly of?: RunId;
      readonly integrations: readonly { id: string; title: string; dependsOn: readonly string[] }[];
      readonly steps: readonly StepInfo[];
    }
  | { readonly type: "health.started"; readonly integration: string }
  | {
      readonly type: "health.finished";
      readonly integration: string;
      readonly health: Health;
      readonly durationMs: number;
      /** Set when the result is an earlier one that still counts. */
      readonly ageMs?: number;
    }
  | {
      readonly type: "integration.skipped";
      readonly integration: string;
      readonly failure: Failure;
    }
  | { readonly type: "plan.ready"; readonly plan: Plan }
  /** An unfinished write of an earlier run was settled by probing. */
  | {
      readonly type: "recovery.settled";
      readonly step: StepId;
      /** conflict: something is there, and somebody else made it. */
      readonly found: "applied" | "absent" | "conflict";
    }
  | {
      readonly type: "step.started";
      readonly step: StepId;
      readonly title: string;
      readonly action: "create" | "update" | "adopt";
      readonly changes: readonly Change[];
    }
  | {
      readonly type: "step.finished";
      readonly step: StepId;
      readonly title: string;
      readonly origin: Origin;
      readonly receipt: JsonObject;
      readonly durationMs: number;
    }
  | {
      readonly type: "step.failed" | "step.skipped" | "step.deferred";
      readonly step: StepId;
      readonly title: string;
      readonly failure: Failure;
      readonly durationMs: number;
    }
  /** Nobody could look: the last receipt stands for it. */
  | {
      readonly type: "step.cached";
      readonly step: StepId;
      readonly title: string;
      readonly receipt: JsonObject;
      /** Since testx has seen it so. */
      readonly ageMs: number;
      readonly failure: Failure;
    }
  /**
   * An outcome was unknown: testx waits and then looks before it sends again. Or testx did not send
   * it yet, by a limit or a breaker that will be over by then: `failure` is not applied.
   */
  | {
      readonly type: "step.probing";
      readonly step: StepId;
      readonly waitMs: number;
      /** Left out: a run before this one was cut off, or what is `known` is not shown. */
      readonly failure?: Failure;
      /** testx knows it to be there, and the service may only need a moment to show it so. */
      readonly known?: true;
    }
  /** It was looked whether a create of unknown outcome has left more than it should. */
  | {
      readonly type: "step.swept";
      readonly step: StepId;
      readonly title: string;
      /** The copies that are gone again, as they were. */
      readonly removed: readonly JsonObject[];
      /** What of them could not be removed. */
      readonly residue: readonly Residue[];
      /** Why it could not be looked, or not removed: the next run tries again. */
      readonly failure?: Failure;
    }
  | { readonly type: "undo.started"; readonly step: StepId; readonly title: string }
  | {
      readonly type: "undo.finished";
      readonly step: StepId;
      readonly title: string;
      readonly residue: readonly Residue[];
      readonly durationMs: number;
    }
  | {
      readonly type: "call.finished";
      readonly integration: string;
      readonly step?: StepId;
      readonly operation: string;
      readonly write: boolean;
      readonly attempt: number;
      readonly requestId: string;
      readonly status?: number;
      readonly outcome: "applied" | "not-applied" | "unknown";
      readonly durationMs: number;
      readonly reason?: string;
      /** How long it waited for the rate limit before it was sent, in ms; left out: not at all. */
      readonly waitedMs?: number;
      /** Set where the breaker was not closed. */
      readonly breaker?: BreakerState;
      /** Set where an earlier answer was looked for: what was found. */
      readonly cache?: "miss" | "revalidated";
    }
  /** Answered from an earlier answer: nothing was sent. */
  | {
      readonly type: "call.cached";
      readonly integration: string;
      readonly step?: StepId;
      readonly operation: string;
      /** stale: a new answer is being fetched, or could not be had. */
      readonly state: "fresh" | "stale";
      readonly ageMs: number;
    }
  /** Refused by testx itself (breaker open, queue full, offline): nothing was sent. */
  | {
      readonly type: "call.refused";
      readonly integration: string;
      readonly step?: StepId;
      readonly operation: string;
      readonly write: boolean;
      readonly failure: Failure;
    }
  /** A call waits for its turn under a rate limit. */
  | {
      readonly type: "call.waiting";
      readonly integration: string;
      readonly step?: StepId;
      readonly operation: string;
      readonly waitMs: number;
      /** `100 requests in 60 s`, `asked by the service` */
      readonly limit: string;
    }
  | {
      readonly type: "breaker.changed";
      readonly integration: string;
      readonly from: BreakerState;
      readonly to: BreakerState;
      /** When an open one lets a probe through, in ms since the epoch. */
      readonly until?: number;
      readonly reason: string;
    }
  /** A credential was refused or could not be read: the next one took its place; by name only. */
  | {
      readonly type: "credential.rotated";
      readonly integration: string;
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    }
  /** Reads are answered from what is known, and writes are deferred. */
  | { readonly type: "offline"; readonly integrations: readonly string[]; readonly reason: string }
  | {
      readonly type: "call.retrying";
      readonly integration: string;
      readonly step?: StepId;
      readonly operation: string;
      /** The one that comes after the wait. */
      readonly attempt: number;
      readonly delayMs: number;
      readonly reason: string;
    }
  /** Not sent again, although it might have worked: retries make up too much of the load. */
  | {
      readonly type: "call.given-up";
      readonly integration: string;
      readonly step?: StepId;
      readonly operation: string;
      /** The last one that was sent. */
      readonly attempt: number;
      readonly reason: string;
    }
  | RunFinished;

/** A step whose receipt could not be compared with what is there. */
export interface StaleReceipt {
  readonly step: StepId;
  /** When testx saw it last, in ms since the epoch. */
  readonly at: number;
  readonly ageMs: number;
}

/** A write that waits, for `testx integrations sync`. */
export interface WaitingStep {
  readonly id: OperationId;
  readonly step: StepId;
  /** Code and message of why it waits. */
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  /** Given up: `testx deferred retry` asks for it again. */
  readonly dead: boolean;
}

/** How a setup, a sync or a rollback has ended. */
export interface RunFinished {
  readonly type: "run.finished";
  readonly outcome: RunOutcome;
  readonly counts: Counts;
  /** What could not be restored, and what a person can do. */
  readonly residue: readonly StepResidue[];
  /** What each step has left, by its full name (`slack.channel`): ids, addresses, settings. */
  readonly receipts: Readonly<Record<StepId, JsonObject>>;
  readonly durationMs: number;
  /** Requests on the wire by integration, retries included. */
  readonly calls: Readonly<Record<string, number>>;
  /** Why it failed, degraded or stopped: the first cause. */
  readonly failure?: Failure;
  /** What of the receipts is from memory; left out when nothing is. */
  readonly stale?: readonly StaleReceipt[];
  /**
   * How many writes a rollback of this run could undo, those before it was gone on with
   * included; left out when there are none.
   */
  readonly undoable?: number;
  /** All writes that wait when it has ended; left out when none do. */
  readonly waiting?: readonly WaitingStep[];
}

/**
 * Something that happens in a run; `type` says what, and which fields it has. `at`: when, in ms
 * since the epoch.
 */
export type RunEvent = { readonly run: RunId; readonly at: number } & RunEventBody;
export type Emit = (event: RunEventBody) => void;
