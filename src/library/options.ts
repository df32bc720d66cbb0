import type { RunEvent } from "../core/events.ts";
import type { RunId } from "../core/journal.ts";
import type { AnyProvider } from "../core/provider.ts";
import type { SavedPlan } from "../core/saved-plan.ts";

export interface OrchestratorOptions {
  /** The project's folder; relative paths begin there. Default: the working directory. */
  readonly cwd?: string;
  /** A folder, a sequence file or a settings file, as with `--config`. Default: it is searched for. */
  readonly config?: string;
  /** The state folder, as with `--state`. Default: as the settings say, or `.testx` in the project. */
  readonly state?: string;
  /** Secrets, addresses and settings. Default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Beside the built-in ones; one with the id of a built-in one takes its place. */
  readonly providers?: readonly AnyProvider[];
  /** True: the local stand-ins instead of the services, as with `--sandbox`. */
  readonly sandbox?: boolean;
  /** Told everything that happens in a run, in order; see `RunEvent`. Secrets are masked. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Told what is worth knowing and no failure, such as a cache that cannot be used. */
  readonly onNotice?: (text: string) => void;
}

export interface CallOptions {
  /** Stops in good order: the outcome is `interrupted`, and the next setup goes on from there. */
  readonly signal?: AbortSignal;
}

/** Of what holds the lock of the state folder. */
export interface RunOptions extends CallOptions {
  /** How long to wait for another run on the same state folder, in ms. Default: not at all. */
  readonly waitMs?: number;
}

export interface SetupOptions extends RunOptions, OfflineOptions {
  /** What `plan` has `saved`: nothing is written (PLAN_STALE) when it does not hold any more. */
  readonly plan?: SavedPlan;
}

/** Of what can do without the services. */
export interface OfflineOptions {
  /** Nothing is sent: the last receipts stand for what is there, and writes wait. */
  readonly offline?: boolean;
}

export interface SyncOptions extends RunOptions {
  /** Steps to go on with whatever somebody else has done meanwhile. */
  readonly adopt?: ReadonlySet<string> | "all";
}

export interface PlanOptions extends CallOptions, OfflineOptions {
  /** Also say which writes setup would send: `calls` of each item, and `totals`. */
  readonly calls?: boolean;
  /** Also give the plan in a form to keep, as `saved`. */
  readonly save?: boolean;
}

export interface HealthOptions extends CallOptions {
  /** Only these, by their names in the sequence. Default: all. */
  readonly integrations?: readonly string[];
  /** Ask now, whatever still counts from before. */
  readonly fresh?: boolean;
}

export interface DoctorOptions extends CallOptions {
  /** Only what concerns these. Default: everything. */
  readonly integrations?: readonly string[];
}

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

export interface HistoryOptions {
  /** At most so many. Default: all. */
  readonly limit?: number;
}

export interface MetricsOptions {
  /** Only these integrations. Default: all. */
  readonly integrations?: readonly string[];
  /** How far back, in ms. Default: 24 hours. */
  readonly sinceMs?: number;
}

export interface RollbackOptions extends RunOptions {
  /** Default: the newest run that has something to undo. */
  readonly run?: RunId;
  /** Undo this rollback point and everything after it in its run. */
  readonly to?: string;
}
