import type { RunEvent, RunFinished } from "../core/events.ts";
import { noCounts, type RunId } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { AnyProvider } from "../core/provider.ts";
import { createRedactor } from "../core/redact.ts";
import type { DeferredItem, Outputs, RollbackPoint, StatusItem } from "../core/results.ts";
import type { SavedPlan } from "../core/saved-plan.ts";
import { secretsIn } from "../core/secret-names.ts";
import { deferredItems } from "../features/deferred.ts";
import { type PlanResult, plan } from "../features/plan.ts";
import { allRollbackPoints, rollback } from "../features/rollback.ts";
import { setup } from "../features/setup.ts";
import { outputs, status } from "../features/status.ts";
import { sync } from "../features/sync.ts";
import { openProject, type Project, type Wanted } from "../wiring/project.ts";
import { providersWith } from "../wiring/providers.ts";
import { here } from "../wiring/world.ts";
import { guarded, masked, stopWith } from "./boundary.ts";

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

export interface RollbackOptions extends RunOptions {
  /** Default: the newest run that has something to undo. */
  readonly run?: RunId;
  /** Undo this rollback point and everything after it in its run. */
  readonly to?: string;
}

/**
 * What the command line does, for programs. Each call opens what it needs and closes it; setup
 * and rollback hold the state folder's lock. Whatever goes wrong is thrown as a `TestxError`
 * whose `code` the troubleshooting guide explains.
 */
export interface Orchestrator {
  /**
   * Sets everything up, or goes on with what was interrupted. How it ended is in `outcome`: a
   * step that fails is no error here. Does nothing where the sequence is switched off.
   * @throws TestxError CONFIG_NOT_FOUND, CONFIG_INVALID, RUN_LOCKED
   */
  setup(options?: SetupOptions): Promise<RunFinished>;
  /**
   * What setup would do now. Sends no write and records nothing.
   * @throws TestxError CONFIG_NOT_FOUND, CONFIG_INVALID, and why setup could not begin
   */
  plan(options?: PlanOptions): Promise<PlanResult>;
  /**
   * Carries out what was put off while services were down. What still waits is in `waiting` of
   * the result.
   * @throws TestxError NOTHING_WAITS, SETUP_UNFINISHED, RUN_LOCKED, OFFLINE
   */
  sync(options?: SyncOptions): Promise<RunFinished>;
  /** What waits, and what is given up. No service is called. */
  deferred(): Promise<readonly DeferredItem[]>;
  /**
   * Undoes a run; what could not be restored is in `residue`.
   * @throws TestxError NOTHING_TO_UNDO, RUN_UNKNOWN, RUN_LOCKED
   */
  rollback(options?: RollbackOptions): Promise<RunFinished>;
  /** Every point that could still be undone, of all runs, newest first. No service is called. */
  rollbackPoints(): Promise<readonly RollbackPoint[]>;
  /** What is set up, by which run, since when. No service is called. */
  status(): Promise<readonly StatusItem[]>;
  /** The receipts by step: ids, URLs. No service is called. */
  outputs(): Promise<Outputs>;
}

const nothingDone: RunFinished = {
  type: "run.finished",
  outcome: "succeeded",
  counts: noCounts,
  residue: [],
  receipts: {},
  durationMs: 0,
  calls: {},
};

function offlineIf(asked: boolean | undefined): { offline?: true } {
  return asked ? { offline: true } : {};
}

/** Makes an orchestrator. Nothing is read or opened before its first call. */
export function createOrchestrator(options: OrchestratorOptions = {}): Orchestrator {
  const { env = here.env, onNotice = () => {}, config, state, sandbox = false } = options;
  const place = { cwd: here.folder(options.cwd), config, state, sandbox };
  const providers = providersWith(options.providers);

  const open = async <T>(
    wanted: Wanted,
    signal: AbortSignal | undefined,
    work: (project: Project, emit: (event: RunEvent) => void) => Promise<T>,
  ): Promise<T> => {
    const redactor = createRedactor(secretsIn(env));
    const notice = (text: string): void => onNotice(redactor.text(text));
    const emit = (event: RunEvent): void => {
      options.onEvent?.(redactor.json(event as unknown as Json) as unknown as RunEvent);
    };
    const stop = stopWith(signal);
    try {
      const world = { ...place, env, providers, redactor, stop: stop.signal, notice };
      const project = await openProject(wanted, world);
      try {
        const result = await work(project, guarded(emit));
        return redactor.json(result as Json) as T;
      } finally {
        await project.close();
      }
    } catch (error) {
      throw masked(error, redactor);
    } finally {
      stop.end();
    }
  };
  const name = (command: string): string => `${command} by a program with testx in it`;

  return {
    setup: ({ signal, waitMs, plan: saved, offline } = {}) =>
      open("everything", signal, async (project, emit) =>
        project.config().switches.enabled
          ? setup(
              { ...project.sequenceDeps(name("setup"), emit), ...offlineIf(offline) },
              { waitMs, plan: saved },
            )
          : nothingDone,
      ),
    plan: ({ signal, calls, save, offline } = {}) =>
      open("everything", signal, (project, emit) =>
        plan(
          { ...project.sequenceDeps(name("plan"), emit), ...offlineIf(offline) },
          { calls, save },
        ),
      ),
    sync: ({ signal, waitMs, adopt } = {}) =>
      open("everything", signal, (project, emit) =>
        sync(project.sequenceDeps(name("sync"), emit), { waitMs, adopt }),
      ),
    deferred: () => open("journal", undefined, async ({ journal }) => deferredItems(journal)),
    rollback: ({ signal, waitMs, run, to } = {}) =>
      open("services", signal, (project, emit) =>
        rollback(project.deps(name("rollback"), emit), { waitMs, run, to }),
      ),
    rollbackPoints: () =>
      open("journal", undefined, async ({ journal }) => allRollbackPoints(journal)),
    status: () => open("journal", undefined, async ({ journal }) => status(journal)),
    outputs: () => open("journal", undefined, async ({ journal }) => outputs(journal)),
  };
}
