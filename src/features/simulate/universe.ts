import type { JsonObject } from "../../core/json.ts";
import type { JournalStore } from "../../core/ports.ts";
import type { JournalDeath, ScenarioFault } from "../../core/scenario.ts";
import type { Sequence } from "../../core/sequence.ts";
import type { Moment } from "../../core/simulation.ts";
import type { SequenceDeps } from "../deps.ts";

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
  /** JSON as it may be told: without secrets, and without what is another one each time. */
  plain<T>(value: T): T;
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
  /** Nothing but the accounts is left: another project begins to work with them, at 0 ms. */
  forget(): void;
  close(): Promise<void>;
}
