/**
 * The library: testx within another program, and what it takes to write a provider.
 *
 * ```ts
 * const testx = createOrchestrator({ cwd: "/srv/team", onEvent: (event) => log(event) });
 * const { outcome, residue } = await testx.setup();
 * ```
 */

export type { CredentialExchange, Exchanged, ExchangeGiven } from "./core/credential.ts";
export type { CheckReport, Consequence, Finding, Severity } from "./core/diagnosis.ts";
export type { DoctorReport, Treatment } from "./core/doctor-report.ts";
export type { Cost, Totals } from "./core/estimate.ts";
export type { RunEvent, RunFinished, StaleReceipt, StepInfo, WaitingStep } from "./core/events.ts";
export { type Failure, failure, type Outcome, rootFailure, TestxError } from "./core/failure.ts";
export type { Answer, Asked, Charge, Exchange, Forecast, Stage } from "./core/forecast.ts";
export type { HealthChange, HealthState } from "./core/health-record.ts";
export type { Moment, RunHistory, RunSummary } from "./core/history.ts";
export type {
  Cacheable,
  Fetch,
  FetchInit,
  HeadersLike,
  JudgedReply,
  Operation,
  Reply,
  ReplyHeaders,
  Verdict,
  Wire,
  WireRequest,
} from "./core/http.ts";
export type { Counts, Origin, RunCommand, RunId, RunOutcome, StepResidue } from "./core/journal.ts";
export type { Json, JsonObject } from "./core/json.ts";
export type { IntegrationMetrics, MetricsReport, Performance } from "./core/metrics-report.ts";
export type { Action, Plan, PlanItem, PlannedCall } from "./core/plan.ts";
export type {
  AnyProvider,
  Call,
  ConnectDeps,
  Health,
  Provider,
  ProviderLimit,
  ResourceKind,
  SecretSpec,
  StateOf,
} from "./core/provider.ts";
export type {
  DeferredItem,
  DriftChange,
  DriftItem,
  DriftReport,
  DriftStatus,
  HealthItem,
  Outputs,
  RollbackPoint,
  StatusItem,
} from "./core/results.ts";
export type { SavedPlan } from "./core/saved-plan.ts";
export type { Scenario } from "./core/scenario.ts";
export type { Schema, SchemaIssue, SchemaResult } from "./core/schema.ts";
export type { Fallback, RateLimit, Timeouts } from "./core/sequence.ts";
export type { ActEnd, Invariant, SimulationReport, Story, Violation } from "./core/simulation.ts";
export type { Change, Residue, StepId } from "./core/step.ts";
export type {
  PolicyHandler,
  PolicyInfo,
  PolicyInit,
  PolicyNext,
  UserPolicy,
} from "./core/user-policy.ts";
export { type Problem, problemsOf } from "./core/validate/problem.ts";
export type { PlanResult } from "./features/plan.ts";
export type { Orchestrator } from "./library/contract.ts";
export { defineKind, definePolicy, defineProvider } from "./library/define.ts";
export type {
  CallOptions,
  DoctorOptions,
  HealthOptions,
  HistoryOptions,
  MetricsOptions,
  OfflineOptions,
  OrchestratorOptions,
  PlanOptions,
  RollbackOptions,
  RunOptions,
  SetupOptions,
  SimulateOptions,
  SyncOptions,
} from "./library/options.ts";
export { createOrchestrator } from "./library/orchestrator.ts";
