import type { Failure } from "../../core/failure.ts";
import type { StepResidue } from "../../core/journal.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Receipt } from "../../core/ports.ts";
import type { ActCommand, ActOutcome, Scenario, StepFate } from "../../core/scenario.ts";
import type { StepId } from "../../core/step.ts";
import type { Moment } from "./universe.ts";

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

/** What the same sequence does when nothing goes wrong: what stories are compared with. */
export interface Calm {
  /** The accounts before, when all is set up (and what its receipts say), and when it is undone. */
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly receipts: readonly Receipt[];
  readonly undone: JsonObject;
  /** Steps of which undoing leaves something behind even so. */
  readonly residue: readonly StepResidue[];
}
