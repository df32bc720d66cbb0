import type { DoctorReport } from "../core/doctor-report.ts";
import type { RunFinished } from "../core/events.ts";
import type { RunHistory, RunSummary } from "../core/history.ts";
import type { MetricsReport } from "../core/metrics-report.ts";
import type {
  DeferredItem,
  DriftReport,
  HealthItem,
  Outputs,
  RollbackPoint,
  StatusItem,
} from "../core/results.ts";
import type { SimulationReport } from "../core/simulation.ts";
import type { PlanResult } from "../features/plan.ts";
import type {
  CallOptions,
  DoctorOptions,
  HealthOptions,
  HistoryOptions,
  MetricsOptions,
  PlanOptions,
  RollbackOptions,
  SetupOptions,
  SimulateOptions,
  SyncOptions,
} from "./options.ts";

/**
 * What the command line does, for programs. Each call opens what it needs and closes it; setup,
 * sync and rollback hold the state folder's lock. Whatever goes wrong rejects with a `TestxError`
 * whose `code` the troubleshooting guide explains; any other error is a bug.
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
   * @throws TestxError NOTHING_WAITS, SETUP_UNFINISHED, RUN_LOCKED, OFFLINE_REFUSED
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
  /**
   * How the services are, by integration: those whose last healthy answer is older than their
   * interval are asked. Nothing is written.
   * @throws TestxError CONFIG_NOT_FOUND, CONFIG_INVALID, INTEGRATION_UNKNOWN
   */
  health(options?: HealthOptions): Promise<readonly HealthItem[]>;
  /**
   * What was set up, compared with what is there now. Nothing is written or recorded.
   * @throws TestxError CONFIG_INVALID
   */
  drift(options?: CallOptions): Promise<DriftReport>;
  /**
   * Everything that setup depends on, looked at in that order, and which finding is the cause.
   * What is broken is in the report: no configuration is needed, and nothing is changed.
   * @throws TestxError INTEGRATION_UNKNOWN
   */
  doctor(options?: DoctorOptions): Promise<DoctorReport>;
  /**
   * Plays outages against the sequence, in time that is made up and against stand-ins: no service
   * is called, and nothing of the project's memory is read or written.
   * @throws TestxError CONFIG_NOT_FOUND, CONFIG_INVALID, SCENARIO_UNKNOWN, SIMULATION_NOT_CALM
   */
  simulate(options?: SimulateOptions): Promise<SimulationReport>;
  /** All runs, the newest first, or the newest of them. No service is called. */
  history(options?: HistoryOptions): Promise<readonly RunSummary[]>;
  /**
   * One run and what it did, in order. No service is called.
   * @param run its id, or `last`
   * @throws TestxError RUN_UNKNOWN
   */
  timeline(run: string): Promise<RunHistory>;
  /** How the calls went lately, by integration and operation. No service is called. */
  metrics(options?: MetricsOptions): Promise<MetricsReport>;
}
