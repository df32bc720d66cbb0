import type { BreakerState } from "./events.ts";
import type { Failure } from "./failure.ts";
import type { HealthChange, HealthState } from "./health-record.ts";
import type { Origin, RunCommand, RunId } from "./journal.ts";
import type { Json, JsonObject } from "./json.ts";
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
  /** Left out where nothing is there yet that testx knows of. */
  readonly origin?: Origin;
  /** The run that last saw it, and when; of what is not there yet: that put it off. */
  readonly run: RunId;
  readonly at: number;
  /** The run that `origin` speaks of, and when; left out as that is. */
  readonly made?: { readonly run: RunId; readonly at: number };
  readonly url?: string;
  /** Set for a step of which a write waits for its service to come back. */
  readonly deferred?: Failure;
}

/** A write that was put off. */
export interface DeferredItem {
  readonly id: string;
  readonly step: StepId;
  readonly integration: string;
  readonly kind: string;
  readonly title: string;
  readonly state: "waiting" | "given up";
  /** The run that put it off first, and when, in ms since the epoch. */
  readonly run: RunId;
  readonly since: number;
  /** When it was tried, put off or asked for again last. */
  readonly at: number;
  /** How often it was tried and failed. */
  readonly attempts: number;
  /** Why it waits. */
  readonly failure: Failure;
  /** As far as it was known; references without a value and secrets stand as written. */
  readonly input: JsonObject;
}

/** Receipts by step. */
export type Outputs = Readonly<Record<StepId, JsonObject>>;

/** A field that is not as the last receipt says. Left out: not set. Secrets as digests. */
export interface DriftChange {
  readonly field: string;
  readonly from?: Json;
  readonly to?: Json;
  /** Whether what was set up asked for this field, so that setup sets it back. */
  readonly asked: boolean;
}

/** ignored: it was not looked at. */
export type DriftStatus = "unchanged" | "changed" | "deleted" | "unreachable" | "ignored";

/** One thing that testx has set up or adopted, compared with what is there now. */
export interface DriftItem {
  readonly step: StepId;
  readonly integration: string;
  readonly kind: string;
  readonly title: string;
  readonly origin: Origin;
  /** The run that last saw it, and when, in ms since the epoch. */
  readonly run: RunId;
  readonly at: number;
  /** False: the step is not, or no longer, in the sequence, so that setup does nothing about it. */
  readonly inSequence: boolean;
  readonly status: DriftStatus;
  /** Empty unless changed. */
  readonly changes: readonly DriftChange[];
  /** Fields that differ and are ignored. */
  readonly ignored: readonly string[];
  readonly url?: string;
  /** Why it is unreachable. */
  readonly failure?: Failure;
}

/** The newest run, which has no end yet. */
export interface OpenRun {
  readonly run: RunId;
  readonly command: RunCommand;
  /** It is under way; else it was cut off, or stopped, and has left something. */
  readonly atWork: boolean;
}

/** What was set up, compared with what is there. */
export interface DriftReport {
  /** Whether anything is changed or deleted. */
  readonly drift: boolean;
  readonly counts: Readonly<Record<DriftStatus, number>>;
  /** In the order of the sequence, then what is only in the journal. */
  readonly steps: readonly DriftItem[];
  /**
   * Writes of a run that was cut off, or is under way, by title: what became of them is not known
   * yet.
   */
  readonly unsettled: readonly string[];
}

/** How an integration's service is. Times in ms since the epoch. */
export interface HealthItem {
  readonly integration: string;
  readonly provider: string;
  readonly required: boolean;
  /** unknown: it was never asked, or cannot be. */
  readonly state: HealthState | "unknown";
  /** False: it was asked just now. */
  readonly cached: boolean;
  readonly checkedAt?: number;
  readonly ageMs?: number;
  readonly since?: number;
  readonly account?: string;
  readonly latencyMs?: number;
  /** Why it is not healthy. */
  readonly failure?: Failure;
  /** The last one that was seen, also when it is over. */
  readonly lastError?: { readonly code: string; readonly at: number };
  readonly changes?: readonly HealthChange[];
}

/** How the breaker of an integration is. Times in ms since the epoch. */
export interface BreakerItem {
  readonly integration: string;
  readonly state: BreakerState;
  /** Left out: it was never anything but closed. */
  readonly since?: number;
  /** open: when a call is let through as a probe. held: when it goes back to closed. */
  readonly until?: number;
  readonly why?: string;
}
