import type { RunEvent } from "../../core/events.ts";
import type { Entry } from "../../core/journal.ts";
import type { JsonObject } from "../../core/json.ts";
import type { JournalStore } from "../../core/ports.ts";
import type { JournalDeath, ScenarioFault } from "../../core/scenario.ts";
import type { Sequence } from "../../core/sequence.ts";
import type { SequenceDeps } from "../deps.ts";

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

export interface ProcessOptions {
  /** As the lock's holder is shown: `testx integrations setup`. */
  readonly command: string;
  readonly faults: readonly ScenarioFault[];
  readonly dies?: JournalDeath | undefined;
}

/** A made-up world in which a story is played: services, a network, a clock, and testx's memory. */
export interface Universe {
  readonly sequence: Sequence;
  readonly journal: JournalStore;
  readonly moments: readonly Moment[];
  /** Ms since the story began. */
  readonly elapsed: number;
  /** Which act of the story this is, from 0: for `moments`. */
  act: number;
  /** For the whole story, timed from its beginning. */
  weather(faults: readonly ScenarioFault[]): void;
  /** Runs one command as a process of testx, which may die on the way. */
  process<T>(
    options: ProcessOptions,
    work: (deps: SequenceDeps) => Promise<T>,
  ): Promise<T | "died">;
  pass(ms: number): Promise<void>;
  /** Requests that the services may still carry out. */
  underWay(): number;
  /** Lets everything land that is under way. */
  rest(): Promise<void>;
  /** What a person sees in the services, by service; equal accounts give equal values. */
  accounts(): JsonObject;
  /** Secret values: what must not be shown anywhere. */
  readonly secrets: readonly string[];
  /** Nothing but the accounts is left: another project begins to work with them. */
  forget(): void;
  close(): Promise<void>;
}
