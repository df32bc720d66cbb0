import type { Failure } from "./failure.ts";
import type { JsonObject } from "./json.ts";
import type { Change, Residue, StepId } from "./step.ts";

/** `20260102-120344-k3x9`: when it began, in UTC, and four letters or digits. */
export type RunId = string;
/** Identifies one write across crashes and reruns; 16 lower-case letters and digits. */
export type OperationId = string;

/** How a thing came to be part of what is set up; adopted: it was there before. */
export type Origin = "created" | "updated" | "adopted" | "unchanged";
/** The commands that make a run. */
export type RunCommand = "setup" | "rollback" | "sync";

/** What goes on with a run of each that was cut off; no other command does. */
export const goesOnWith: Readonly<Record<RunCommand, string>> = {
  setup: "testx integrations setup",
  rollback: "testx rollback",
  sync: "testx integrations sync",
};

/**
 * degraded: done, but for what was deferred or skipped. rollback-incomplete: undone, but for what
 * is in the residue. interrupted: the next run of the same command goes on with it.
 */
export type RunOutcome =
  | "succeeded"
  | "degraded"
  | "rolled-back"
  | "rollback-incomplete"
  | "failed"
  | "interrupted";

/** Where a write goes: enough to connect again and undo it when the sequence has changed since. */
export interface Target {
  readonly step: StepId;
  readonly integration: string;
  readonly provider: string;
  readonly kind: string;
  /** The integration's resolved `with`. */
  readonly config: JsonObject;
  /** The step's resolved input; secret fields hold the reference as written, never the value. */
  readonly input: JsonObject;
}

export type EntryBody =
  | {
      readonly type: "run-started";
      readonly command: RunCommand;
      /** The run that a rollback undoes, and the point from which on; left out: all of it. */
      readonly of?: RunId;
      readonly to?: OperationId;
    }
  /** The rollback point: durable before the write is sent. `before` null: it did not exist. */
  | {
      readonly type: "intent";
      readonly op: OperationId;
      readonly target: Target;
      readonly title: string;
      readonly key: string;
      readonly before: JsonObject | null;
      readonly changes: readonly Change[];
      readonly adopting: boolean;
    }
  | {
      readonly type: "done";
      /** Left out for `unchanged`, and for `adopted` when nothing was written. */
      readonly op?: OperationId;
      readonly step: StepId;
      readonly kind: string;
      readonly title: string;
      readonly after: JsonObject;
      readonly origin: Origin;
      /** Where to look at it again, when no intent tells. */
      readonly target?: Target;
    }
  /** These steps were found exactly as their receipts say: one entry a run, however many. */
  | { readonly type: "seen"; readonly steps: readonly StepId[] }
  /** Probing has shown that the write of this intent never took effect. */
  | { readonly type: "absent"; readonly op: OperationId; readonly step: StepId }
  /**
   * A create ended without anybody knowing whether it took effect: it may yet do so, beside
   * another that was sent since. Told whole, because the operation itself may be settled and
   * undone by then.
   */
  | {
      readonly type: "doubted";
      readonly op: OperationId;
      readonly step: StepId;
      readonly target: Target;
      readonly title: string;
    }
  /** Durable before the removal of a copy that the doubted create has left is sent. */
  | {
      readonly type: "sweep-intent";
      readonly op: OperationId;
      readonly step: StepId;
      readonly copy: JsonObject;
    }
  /** It was looked for copies of what the operation made. `final`: there can be none later. */
  | {
      readonly type: "swept";
      readonly op: OperationId;
      readonly step: StepId;
      readonly removed: readonly JsonObject[];
      readonly residue: readonly Residue[];
      readonly final: boolean;
    }
  /** Where the operation was to create something, something that somebody else made was found. */
  | {
      readonly type: "conflict";
      readonly op: OperationId;
      readonly step: StepId;
      readonly key: string;
      readonly found: JsonObject;
    }
  | {
      readonly type: "failed" | "skipped";
      readonly op?: OperationId;
      readonly step: StepId;
      readonly failure: Failure;
    }
  /** A write waits for its service. Told whole each time: the newest of a step counts. */
  | {
      readonly type: "deferred";
      /** The same until it is carried out or dropped. */
      readonly id: OperationId;
      readonly step: StepId;
      readonly integration: string;
      readonly provider: string;
      readonly kind: string;
      readonly title: string;
      /** As far as it was known; references without a value and secrets stand as written. */
      readonly input: JsonObject;
      /**
       * What was there when it was deferred, or what the last receipt says was there; null: nothing.
       * Left out: nobody had ever looked.
       */
      readonly base?: JsonObject | null;
      /** Why it waits. */
      readonly failure: Failure;
      /**
       * The run that deferred it first, when, in ms since the epoch, and which of that run's steps
       * it is; older versions do not say that.
       */
      readonly first: { readonly run: RunId; readonly at: number; readonly nth?: number };
      /** How often it was tried and failed since it was deferred, or asked for again. */
      readonly attempts: number;
      /** Given up until somebody asks for it again. */
      readonly dead: boolean;
    }
  | {
      readonly type: "deferred-ended";
      readonly step: StepId;
      readonly why: "done" | "discarded" | "rolled-back";
    }
  | { readonly type: "undo-intent"; readonly op: OperationId; readonly step: StepId }
  | {
      readonly type: "undone" | "undo-failed";
      readonly op: OperationId;
      readonly step: StepId;
      readonly residue: readonly Residue[];
    }
  | {
      readonly type: "run-finished";
      readonly outcome: RunOutcome;
      readonly counts: Counts;
      readonly residue: readonly StepResidue[];
      /** Why it failed, degraded or stopped; runs of older versions do not say it. */
      readonly failure?: Failure;
    };

export type Entry = {
  /** Position in the journal, from 1, without gaps. */
  readonly seq: number;
  readonly run: RunId;
  /** Milliseconds since the epoch. */
  readonly at: number;
} & EntryBody;

/** What an undo could not restore, and of which step. */
export type StepResidue = Residue & { readonly step: StepId };

/** How many steps came to which end. */
export interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly adopted: number;
  readonly unchanged: number;
  readonly deferred: number;
  readonly skipped: number;
  readonly failed: number;
  readonly undone: number;
}

export const noCounts: Counts = {
  created: 0,
  updated: 0,
  adopted: 0,
  unchanged: 0,
  deferred: 0,
  skipped: 0,
  failed: 0,
  undone: 0,
};
