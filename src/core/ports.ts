import type {
  Entry,
  EntryBody,
  OperationId,
  RunCommand,
  RunId,
  RunOutcome,
  Target,
} from "./journal.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Operation } from "./ledger.ts";
import type { LooseEnd } from "./loose-ends.ts";
import type { StepId } from "./step.ts";

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that never go backwards: for durations. */
  monotonic(): number;
  /** Rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A number in [0, 1): jitter and ids, so that a seed can replay them. */
export type Random = () => number;

/** All runs' records, in order. Entries are never changed. */
export interface JournalStore {
  /** Resolves when the entries are durable on disk, all of them or (on rejection) none. */
  append(run: RunId, bodies: readonly EntryBody[]): Promise<readonly Entry[]>;
  /** In order of `seq`; of one run, or of all. */
  entries(run?: RunId): readonly Entry[];
  /**
   * Writes of all runs that could still be undone, in order of start; `open`: only those of
   * which nobody knows yet what became of them, or of their undo.
   */
  operations(which: "undoable" | "open"): readonly Operation[];
  /** In order of appearance. */
  looseEnds(): readonly LooseEnd[];
  /** Oldest first. */
  runs(): readonly RunRecord[];
  /**
   * By step: the newest `done` entry that has not been undone, with the run and time of the
   * newest `seen` behind it. Undoing an update brings back the receipt from before it.
   */
  receipts(): ReadonlyMap<StepId, Receipt>;
  close(): void;
}

export interface RunRecord {
  readonly run: RunId;
  readonly command: RunCommand;
  /** For a rollback: the run that it unwinds. */
  readonly of?: RunId;
  /** And the point from which on; left out: all of it. */
  readonly to?: OperationId;
  readonly startedAt: number;
  /** Absent while it is under way, or when it died. */
  readonly finishedAt?: number;
  readonly outcome?: RunOutcome;
}

export interface Receipt {
  readonly step: StepId;
  readonly kind: string;
  readonly title: string;
  readonly run: RunId;
  readonly at: number;
  readonly state: JsonObject;
  /** How the resource came to be known: an `unchanged` sighting keeps the earlier origin. */
  readonly origin: "created" | "updated" | "adopted" | "unchanged";
  /** The run that `origin` speaks of, and when; `run` and `at` are of the last sighting. */
  readonly made: { readonly run: RunId; readonly at: number };
  readonly op?: OperationId;
  /** Where to look at it, when that is not said by the intent of `op`. */
  readonly target?: Target;
}

/** What may be lost: the answers of services. It can be looked through. */
export interface BrowsableCache {
  get(key: string): Promise<Json | undefined>;
  set(key: string, value: Json, ttlMs: number): Promise<void>;
  /** All at once, which costs a fraction of one after the other. */
  setMany(values: ReadonlyMap<string, Json>, ttlMs: number): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
  /** All whose keys begin so, in no order. */
  entries(prefix: string): Promise<readonly (readonly [key: string, value: Json])[]>;
}

/**
 * Small facts of the gateway that outlive a process: breakers, buckets. Several processes may
 * work on them at once. Losing them is safe; where they cannot be kept on disk, memory serves.
 */
export interface Memo {
  get(key: string): Json | undefined;
  /** In one transaction: what `change` gives is kept; `undefined` forgets it. */
  update(key: string, change: (now: Json | undefined) => Json | undefined): void;
  /** Those whose keys begin so, by key. */
  all(prefix: string): ReadonlyMap<string, Json>;
}

export interface TcpTarget {
  readonly host: string;
  readonly port: number;
  /** How long it may take, the name's resolution included, in ms. */
  readonly connectMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Connects to a port and closes again, sending nothing. Throws `WireError`. */
export type TcpProbe = (target: TcpTarget) => Promise<void>;

export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** Somebody has the lock; whoever that is may have left no note. */
export interface Held {
  readonly holder: LockHolder | undefined;
}

/** One run at a time on a state folder. The lock dies with its process. */
export interface Lock {
  /** Gives the release function, or who holds it. */
  acquire(command: string): { release(): void } | Held;
}
