import type { RunOutcome } from "./journal.ts";
import type { Json } from "./json.ts";

/** What goes wrong with a call, told from outside: what the service does, what testx gets. */
export type Outage =
  /** Nobody listens: the connection is refused. */
  | { readonly fault: "refused" }
  /** The name of the service cannot be resolved. */
  | { readonly fault: "dns" }
  /** No secure connection: what answers does not speak TLS. */
  | { readonly fault: "tls" }
  /** No answer to the attempt to connect. */
  | { readonly fault: "unreachable" }
  /** The connection is reset: before the service saw the request, or after it has acted. */
  | { readonly fault: "reset"; readonly when: "before" | "after" }
  /** Silence for good: before the first byte, or in the middle of the body. */
  | { readonly fault: "stall"; readonly when: "headers" | "body"; readonly applies?: boolean }
  /** Everything takes longer: `ms` more on the way, up to `jitterMs` on top, and a narrow line. */
  | {
      readonly fault: "slow";
      readonly ms?: number;
      readonly jitterMs?: number;
      readonly bytesPerSecond?: number;
    }
  /** The service acts; its reply is cut off in the middle. */
  | { readonly fault: "truncate" }
  /** The service acts; its reply is not JSON any more. */
  | { readonly fault: "garble" }
  /** A web page instead of an answer, as captive portals send. */
  | { readonly fault: "html"; readonly applies?: boolean }
  /** Too many requests, as the service itself says it; without seconds it does not say for how long. */
  | { readonly fault: "rate-limit"; readonly retryAfterSeconds?: number }
  /** Any status instead of the service's own answer. */
  | {
      readonly fault: "status";
      readonly status: number;
      readonly body?: Json;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The credential counts no more, as the service itself says it. */
  | { readonly fault: "revoked" }
  /** The credential lacks a scope, as the service itself says it. */
  | { readonly fault: "scope-lost" }
  /** It has moved elsewhere. */
  | {
      readonly fault: "redirect";
      readonly status: 301 | 302 | 307 | 308;
      readonly location?: string;
    }
  /** The service's clock is wrong by so much. */
  | { readonly fault: "clock-skew"; readonly ms: number }
  /** What was written shows only so much later. */
  | { readonly fault: "invisible"; readonly ms: number }
  /** testx loses the connection at once, and the service acts so much later. */
  | { readonly fault: "late"; readonly ms: number }
  /** testx itself dies: before the call leaves, or when the service has acted and before it is known. */
  | { readonly fault: "death"; readonly when: "before" | "after" };

/** Which calls it befalls. All that is given must hold. */
export interface Scope {
  /** By name; `*` in it stands for anything. Left out: every integration. */
  readonly integration?: string;
  /** `conversations.create`, `POST *`. */
  readonly operation?: string;
  readonly step?: string;
  /** Only what writes, or only what reads. */
  readonly calls?: "reads" | "writes";
  /** Counts the calls that fit from 1: the first one it befalls. */
  readonly nth?: number;
  /** How many calls from there on. Left out: one where `nth` is given, else all. */
  readonly times?: number;
  /** In ms since the act (or the scenario) began. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** 0 to 1, drawn from the seed. Left out: always. */
  readonly probability?: number;
}

/** One thing that goes wrong. */
export type ScenarioFault = Outage & Scope;

/** Where testx dies beside a call: at a record of its journal. */
export interface JournalDeath {
  /** `intent`, `done`, `undo-intent` … */
  readonly record: string;
  readonly step?: string;
  readonly nth?: number;
  /** Whether the record is durable by then. */
  readonly when: "before" | "after";
}

export type ActCommand = "setup" | "rollback" | "sync" | "plan" | "status";
export type StepFate = "done" | "deferred" | "skipped" | "failed" | "undone" | "untouched";
/** `planned`: a plan or status that came to its end. `refused`: it could not begin. */
export type ActOutcome = RunOutcome | "died" | "planned" | "refused";

/** What must come of an act; what is left out may be anything. */
export interface Expectation {
  readonly outcome?: ActOutcome | readonly ActOutcome[];
  readonly exit?: number | readonly number[];
  /** Of the failure that is told: `GATEWAY_REFUSED`, `SLACK_*`. */
  readonly code?: string;
  /** By step, `*` in the name stands for anything; a later one counts more. */
  readonly steps?: Readonly<Record<string, StepFate | readonly StepFate[]>>;
  /** Most time it may take, in ms of the simulation. */
  readonly withinMs?: number;
  /** Most requests on the wire, of all integrations. */
  readonly calls?: number;
  /** And of single ones. */
  readonly callsTo?: Readonly<Record<string, number>>;
  /** How many things a rollback must leave behind. */
  readonly residue?: number;
}

/** One command of the story. */
export interface Act {
  readonly run: ActCommand;
  /** How much time passes before it, in ms. */
  readonly afterMs?: number;
  readonly faults?: readonly ScenarioFault[];
  readonly dies?: JournalDeath;
  readonly expect?: Expectation;
}

/** An outage to be played, and what is expected. */
export interface Scenario {
  /** `github-down`, with the integration it is about behind a slash: `down/github`. */
  readonly name: string;
  /** What happens and why it matters: a sentence or two. */
  readonly about: string;
  /**
   * What the accounts hold at the beginning: nothing of testx's, or all of it made by somebody
   * else; `different`: the same things, with other fields than the sequence asks for.
   */
  readonly given?: "nothing" | "everything" | "different";
  /** The integration it is about; left out: all of them. */
  readonly integration?: string;
  readonly seed?: number;
  /** For the whole story, timed from its beginning. */
  readonly faults?: readonly ScenarioFault[];
  readonly story: readonly Act[];
}
