import type { Emit } from "../core/events.ts";
import type { Failure } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Clock, JournalStore, Memo, Random } from "../core/ports.ts";
import type { AnyProvider, Health } from "../core/provider.ts";
import type { ValidBefore } from "../core/schema.ts";
import type { IntegrationSettings } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";

/** What the calls made inside a piece of work belong to. */
export interface WorkContext {
  readonly integration: string;
  readonly step?: StepId;
  readonly phase: "health" | "read" | "apply" | "undo";
  /** Everything is asked anew, so that what is kept is new. */
  readonly renew?: true;
  readonly signal: AbortSignal;
}

/** A provider connected for one integration. */
export interface Session {
  readonly integration: string;
  readonly provider: AnyProvider;
  readonly client: unknown;
  /** The integration's resolved `with`. */
  readonly config: JsonObject;
  /** Changes when the account, the token or the address does: a digest, not a secret. */
  readonly identity: string;
}

/** What the engine is given; it opens nothing by itself. */
export interface EngineDeps {
  readonly journal: JournalStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
  /** The value of an environment variable that a reference names. */
  env(name: string): Json | undefined;
  provider(id: string): Promise<AnyProvider>;
  /** What is missing or malformed among an integration's secrets. Sends nothing. */
  secretProblems(integration: string, provider: string): Promise<readonly Failure[]>;
  /** Throws TestxError when a secret is missing or the configuration does not fit. */
  connect(integration: string, provider: string, config: JsonObject): Promise<Session>;
  /** Asks what the user has named in place of the provider's own check: an address, or a port. */
  probe(
    integration: string,
    health: IntegrationSettings["health"],
    signal: AbortSignal,
  ): Promise<Health>;
  /** How many writes of a step the services have carried out so far, or may have. */
  effects(step: StepId): number;
  /** When a write of a step last ended without anybody knowing whether it took effect, in ms since the epoch. */
  unsureAt(step: StepId): number | undefined;
  /** Keeps the state of the connections. */
  readonly memo: Memo;
  within<T>(context: WorkContext, work: () => Promise<T>): Promise<T>;
  digest(secret: string): string;
  /** Told every secret value that a step's input comes to, so that it is never shown. */
  remember(secret: string): void;
  /** What was found valid before: it is not looked at again. */
  readonly valid?: ValidBefore | undefined;
  /** How long a service may still carry out a write after the connection was lost, in ms. */
  settleMs(integration: string, provider: AnyProvider): number;
  /** Steps that may take over what somebody else made while testx was about to create it. */
  readonly adopt?: ReadonlySet<StepId> | "all";
  /** True: nothing is sent; what is known from before stands for what is there. */
  readonly offline?: boolean;
  /** True: where no service answers at all, the last receipts do not stand for what is there. */
  readonly strict?: boolean;
  /** Aborts when the user asks to stop: reads end at once, writes under way get a moment. */
  readonly stop: AbortSignal;
}
