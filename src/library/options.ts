import type { RunEvent } from "../core/events.ts";
import type { RunId } from "../core/journal.ts";
import type { AnyProvider } from "../core/provider.ts";
import type { SavedPlan } from "../core/saved-plan.ts";

/** What of the world an orchestrator works with; all of it may be left out. */
export interface OrchestratorOptions {
  /** The project's folder; relative paths begin there. Default: the working directory. */
  readonly cwd?: string;
  /** A folder, a sequence file or a settings file, as with `--config`. Default: it is searched for. */
  readonly config?: string;
  /** The state folder, as with `--state`. Default: as the settings say, or `.testx` in the project. */
  readonly state?: string;
  /** Secrets, addresses and settings. Default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What `defineProvider` gives, beside the built-in ones; one with the id of a built-in one takes its place. */
  readonly providers?: readonly AnyProvider[];
  /** True: the local stand-ins instead of the services, as with `--sandbox`. */
  readonly sandbox?: boolean;
  /**
   * Told everything that happens in a run, in order; see `RunEvent`. Secrets are masked. What it
   * throws does not end the run: it is thrown beside it, as an uncaught exception.
   */
  readonly onEvent?: (event: RunEvent) => void;
  /** Told what is worth knowing and no failure, such as a cache that cannot be used; see `onEvent`. */
  readonly onNotice?: (text: string) => void;
}

/** Of every call that takes a while. */
export interface CallOptions {
  /**
   * Stops in good order: setup, sync and rollback end with the outcome `interrupted`, and the next
   * one goes on from there; whatever only looks rejects with RUN_INTERRUPTED.
   */
  readonly signal?: AbortSignal;
}

/** Of what holds the lock of the state folder. */
export interface RunOptions extends CallOptions {
  /** How long to wait for another run on the same state folder, in ms. Default: not at all. */
  readonly waitMs?: number;
}

/** Of `setup`. */
export interface SetupOptions extends RunOptions, OfflineOptions {
  /** What `plan` has `saved`: nothing is written (PLAN_STALE) when it does not hold any more. */
  readonly plan?: SavedPlan;
}

/** Of what can do without the services. */
export interface OfflineOptions {
  /** Nothing is sent: the last receipts stand for what is there, and writes wait. */
  readonly offline?: boolean;
}

/** Of `sync`. */
export interface SyncOptions extends RunOptions {
  /** Steps to go on with whatever somebody else has done meanwhile. */
  readonly adopt?: readonly string[] | "all";
}

/** Of `plan`. */
export interface PlanOptions extends CallOptions, OfflineOptions {
  /** Also say which writes setup would send: `calls` of each item, and `totals`. */
  readonly calls?: boolean;
  /** Also give the plan in a form to keep, as `saved`. */
  readonly save?: boolean;
}

/** Of `health`. */
export interface HealthOptions extends CallOptions {
  /** Only these, by their names in the sequence. Default: all. */
  readonly integrations?: readonly string[];
  /** Ask now, whatever still counts from before. */
  readonly fresh?: boolean;
}

/** Of `doctor`. */
export interface DoctorOptions extends CallOptions {
  /** Only what concerns these. Default: everything. */
  readonly integrations?: readonly string[];
}

/** Of `simulate`. */
export interface SimulateOptions extends CallOptions {
  /** Scenarios, as `testx simulate --list` names them; `down` stands for `down/slack` too. Default: all. */
  readonly names?: readonly string[];
  /** Only those with this in their names; `*` stands for anything. */
  readonly filter?: string;
  /** What chance is drawn from: the same one tells the same story. Default: 1. */
  readonly seed?: number;
  /** End with the first story that fails. */
  readonly bail?: boolean;
}

/** Of `history`. */
export interface HistoryOptions {
  /** At most so many. Default: all. */
  readonly limit?: number;
}

/** Of `metrics`. */
export interface MetricsOptions {
  /** Only these integrations. Default: all. */
  readonly integrations?: readonly string[];
  /** How far back, in ms. Default: 24 hours. */
  readonly sinceMs?: number;
}

/** Of `rollback`. */
export interface RollbackOptions extends RunOptions {
  /** Its id, the beginning of it, or `last`. Default: the newest run that has something to undo. */
  readonly run?: RunId;
  /** Undo this point, as `rollbackPoints` names it, and everything after it in its run. */
  readonly to?: string;
}
