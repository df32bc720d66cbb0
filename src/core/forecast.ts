import type { Operation } from "./http.ts";
import type { Json } from "./json.ts";

/** A request as a forecast sees it. */
export interface Asked {
  readonly operation: Operation;
  readonly method: string;
  /** Behind the API's base URL, without the query: `/repos/acme/app/labels`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON; of a form an object, with values that are JSON parsed; `undefined`: none. */
  readonly body: Json | undefined;
}

/** What the service would answer. */
export interface Answer {
  readonly status: number;
  /** Left out: an empty body. */
  readonly body?: Json;
}

/** A request and its answer, the service's own or a pretended one. */
export interface Exchange {
  readonly asked: Asked;
  readonly answer: Answer;
}

/** What a forecast knows while a setup is rehearsed. */
export interface Stage {
  /** All that was read, and written in pretence, so far; oldest first. */
  readonly past: readonly Exchange[];
  /**
   * Stands for a text that only the service can know. `what` is the receipt's word for it
   * (`id`), and gives the same value for all of a step; `form` makes of 32 hexadecimal digits
   * what looks like the service's own.
   */
  text(what: string, form: (digits: string) => string): string;
  /** The same for a number; a positive integer. */
  number(what: string): number;
  /** Whether the text speaks of something that is yet to be made. */
  isUnknown(text: string): boolean;
}

/** One of the limits that a service puts on its callers. */
export interface Charge {
  /** `chat.postMessage`, `content creations` */
  readonly budget: string;
  /** How much of the budget a call uses. */
  readonly amount: number;
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * What a provider knows of its service's answers, so that a plan can name every call that setup
 * would send: the steps' own code runs, and its writes are answered here. All of it is pure.
 */
export interface Forecast {
  /**
   * What the service would answer, with as much as the kinds' code looks at. Must answer every
   * write, and every read about what is yet to be made; `undefined`: the service is asked.
   */
  echo(asked: Asked, stage: Stage): Answer | undefined;
  /** What the service's own answer to a read would be after the writes so far. */
  amend?(asked: Asked, answer: Answer, stage: Stage): Answer;
  /** What a call costs of the service's documented limits. */
  charges(operation: Operation): readonly Charge[];
}
