import type { RunSummary } from "./history.ts";
import type { RunCommand, RunId } from "./journal.ts";
import type { Performance } from "./metrics-report.ts";
import type { LockHolder } from "./ports.ts";
import type { BreakerItem, DeferredItem, HealthItem } from "./results.ts";
import type { StepId } from "./step.ts";

/** How everything is at one moment: what the dashboard shows. Times in ms since the epoch. */
export interface Dashboard {
  readonly at: number;
  /** In the order of the sequence, then those that only the past knows. */
  readonly integrations: readonly IntegrationPanel[];
  /** What waits for its service, and what is given up. */
  readonly deferred: readonly DeferredItem[];
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** What is at work right now; left out: nothing is. */
  readonly running?: Running;
}

export interface IntegrationPanel {
  readonly integration: string;
  /** As of when it was asked last; unknown: nobody has asked. */
  readonly health: Pick<
    HealthItem,
    "state" | "since" | "checkedAt" | "account" | "latencyMs" | "lastError"
  >;
  readonly breaker: BreakerItem;
  readonly limits: readonly LimitItem[];
  /** Of the last 24 hours; left out where nothing was called. */
  readonly calls?: Performance;
  /** The last 24 hours, oldest first, the one under way last. */
  readonly hours: readonly HourOf[];
}

/** A rate limit that is not at rest. */
export interface LimitItem {
  /** `requests`, `content`; `*`: all calls. */
  readonly limit: string;
  /** Until when the service wants to be left alone, and why. */
  readonly pausedUntil?: number;
  readonly why?: string;
  /** When what was used up has come back in full. */
  readonly fullAt?: number;
}

export interface HourOf {
  readonly start: number;
  readonly calls: number;
  readonly failed: number;
  /** In ms; left out where nothing was called. */
  readonly p50?: number;
  readonly p95?: number;
}

export interface Running {
  /** Who holds the lock of the state folder. */
  readonly holder: LockHolder;
  /** Left out: it has written nothing down yet. */
  readonly run?: RunId;
  readonly command?: RunCommand;
  readonly startedAt?: number;
  /** Writes and undos that have begun and not ended. */
  readonly steps: readonly {
    readonly step: StepId;
    readonly title: string;
    readonly since: number;
  }[];
  /** How many have ended. */
  readonly ended: number;
}
