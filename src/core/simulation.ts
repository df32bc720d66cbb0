import type { RunEvent } from "./events.ts";
import type { Failure } from "./failure.ts";
import type { Entry, StepResidue } from "./journal.ts";
import type { ActCommand, ActOutcome, Scenario, StepFate } from "./scenario.ts";
import type { StepId } from "./step.ts";

/** What always holds, whatever goes wrong. */
export const invariants = [
  "no-duplicates",
  "no-orphans",
  "adopted-untouched",
  "residue-exact",
  "recovers",
  "journal-consistent",
  "dependency-order",
  "attempts",
  "deadline",
  "no-secrets",
] as const;
/** A rule that holds whatever goes wrong. */
export type Invariant = (typeof invariants)[number];

/** Something that should not have come to pass. */
export interface Violation {
  readonly broken: Invariant | "expectation";
  readonly message: string;
  /** The act it belongs to, from 0; left out: what comes after the last one. */
  readonly act?: number;
  /** Ms since the story began, where it is known. */
  readonly at?: number;
}

/** What came of one command. */
export interface ActEnd {
  readonly run: ActCommand;
  readonly outcome: ActOutcome;
  readonly exit: number;
  readonly failure?: Failure;
  /** Ms since the story began. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Requests on the wire by integration. */
  readonly calls: Readonly<Record<string, number>>;
  readonly steps: Readonly<Record<StepId, StepFate>>;
  readonly residue: readonly StepResidue[];
}

/** What the network did with a call. `at`: ms since the story began. */
export interface WireMoment {
  readonly what: "sent" | "struck" | "arrived" | "landed" | "answered" | "cut";
  readonly call: WireCall;
  /** The fault, the status, or how it was cut. */
  readonly detail?: string;
}

/** One call of testx's, which may be sent several times. */
export interface WireCall {
  /** The same for all attempts: counts from 1. */
  readonly id: number;
  readonly integration: string;
  readonly operation: string;
  readonly write: boolean;
  readonly idempotent: boolean;
  readonly step?: string;
  readonly phase?: string;
  /** Requests sent so far, this one included, as counted by the network. */
  readonly attempt: number;
  /** When testx must have given it up, in ms since the story began. */
  readonly deadline: number;
}

/** Everything that happens, in order. */
export type Moment = { readonly at: number; readonly act: number } & (
  | { readonly type: "event"; readonly event: RunEvent }
  | ({ readonly type: "wire" } & WireMoment)
  | { readonly type: "record"; readonly entry: Entry }
  | { readonly type: "notice"; readonly text: string }
);

/** A story that was played to its end. */
export interface Story {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly acts: readonly ActEnd[];
  readonly violations: readonly Violation[];
  readonly moments: readonly Moment[];
  /** Ms of the simulation. */
  readonly elapsedMs: number;
}

/** What was simulated, and how it went. */
export interface SimulationReport {
  readonly ok: boolean;
  readonly seed: number;
  /** Of the sequence, in its order. */
  readonly integrations: readonly string[];
  readonly stories: readonly Story[];
  /** Chosen, and not played because one before failed. */
  readonly left: number;
  /** Real time, in ms. */
  readonly durationMs: number;
}

/** What came of random outages. */
export interface ExplorationReport {
  readonly ok: boolean;
  /** The first; each further story has the next one. */
  readonly seed: number;
  readonly played: number;
  /** Shrunk to the fewest faults. */
  readonly failures: readonly Story[];
  /** Real time, in ms. */
  readonly durationMs: number;
}
