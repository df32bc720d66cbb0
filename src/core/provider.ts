import type { CredentialExchange } from "./credential.ts";
import type { Failure } from "./failure.ts";
import type { Forecast } from "./forecast.ts";
import type { Fetch, JudgedReply, Operation, Wire, WireRequest } from "./http.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Schema } from "./schema.ts";
import type { RateLimit, Timeouts } from "./sequence.ts";
import type { AnyService } from "./stand-in.ts";
import type { Change, Residue } from "./step.ts";

/** What a provider's code gets with every operation of a step. */
export interface Call {
  readonly signal: AbortSignal;
  /**
   * Identifies this write, for a marker the service keeps. It is the same when the write is
   * tried again after a crash. Lower-case letters and digits, 16 characters.
   */
  readonly operation: string;
  /** `slack.channel`: the step in the sequence, for markers that outlive the write. */
  readonly step: string;
  /** The last receipt of this step, if testx has one: lets `read` look by id first. */
  readonly receipt: JsonObject | undefined;
  /**
   * What is there is compared with the receipt, and no write follows. A thing that was moved away
   * is told with the place where it is now; one that cannot be looked at is no absent one.
   */
  readonly compares?: true;
  /**
   * Runs `load` once for all steps of the same integration that ask for the same key while
   * one phase lasts (one list call serves every label). Never memoised across a write.
   */
  shared<T>(key: string, load: () => Promise<T>): Promise<T>;
  /** HMAC-SHA256 (hex) of a secret under this state folder's own key: to compare, never to reveal. */
  digest(secret: string): string;
}

/** How the service is, as a provider has found it. */
export interface Health {
  readonly status: "healthy" | "degraded" | "down";
  /** As whom testx is authenticated: `testx-bot @ Acme`. */
  readonly account?: string;
  /** One sentence when it is not healthy. */
  readonly message?: string;
  readonly failure?: Failure;
  /** OAuth scopes the token has, where the service tells. */
  readonly scopes?: readonly string[];
}

/** What can be written as JSON, field by field: an interface has no index signature, and will do. */
export type StateOf<S> = { readonly [Field in keyof S]: JsonOf<S[Field]> };
type JsonOf<T> = T extends Json | undefined
  ? T
  : T extends (...args: never[]) => unknown
    ? never
    : T extends object
      ? { readonly [Field in keyof T]: JsonOf<T[Field]> }
      : never;

/**
 * One kind of resource. `S` is the observed state and at the same time the receipt: stable,
 * meaningful fields only (ids, URLs, settings; no timestamps or counters that move by
 * themselves), because unwinding compares it to find out whether somebody changed it.
 */
export interface ResourceKind<I, S extends StateOf<S>, Client> {
  /** `slack.channel` */
  readonly kind: string;
  /** Strict: unknown keys are issues. Secret fields carry `.meta({ writeOnly: true })`. */
  readonly input: Schema<I>;
  /**
   * The input's top-level fields that are secrets. Left out: what the schema marks is looked for
   * at any depth, in its JSON Schema, and making that takes longer than checking an input.
   */
  readonly secrets?: readonly (keyof I & string)[];
  /** `channel #dev` */
  title(input: I): string;
  /** The input's top-level fields that `read` and `key` need; the plan reads as soon as they are known. */
  readonly identity: readonly (keyof I & string)[];
  /** The natural key within the integration: two steps with one key are an error. */
  key(input: I): string;
  /**
   * The fields that `S` can have: what `${slack.channel.id}` may refer to, and what may be left to
   * others. `properties.*` stands for all that begin so. Left out: not known, and so a mistaken
   * reference is found only when setup runs.
   */
  readonly fields?: readonly ((keyof S & string) | `${string}.*`)[];
  /** Set when it only looks and never writes: what it finds is neither adopted nor undone. */
  readonly readOnly?: true;
  /**
   * OAuth scopes or permissions that its calls need, in the service's own words. A function where
   * they depend on the input, which it gets as written: references are still in place.
   */
  readonly scopes?: readonly string[] | ((written: Readonly<JsonObject>) => readonly string[]);
  /** Observes. `undefined`: absent. Paginates to the end before it says so. */
  read(client: Client, input: I, call: Call): Promise<S | undefined>;
  /**
   * What `apply` would change; pure. `[]`: unchanged. Each change names a top-level field of
   * `S`, with `from` and `to` in the form that `S` has; a secret's by `digest`.
   */
  changes(input: I, now: S, call: Pick<Call, "digest">): Change[];
  /**
   * Loads what `changes` needs, where `read` does that otherwise: called before `changes` when the
   * last receipt stands for what is there, and nothing is read. Sends nothing.
   */
  loadChanges?(): Promise<unknown>;
  /**
   * Begins to load what `apply` needs and what takes long to load, while others are waited for:
   * setup calls it when it knows that it is going to apply a step. Gets the input as written, with
   * references still in place. Must not throw; nobody waits for it.
   */
  warmUp?(written: Readonly<JsonObject>): void;
  /**
   * Creates (`now` undefined) or updates, sending each write once, and gives the state that
   * `read` would observe. After a crash it is called again with what is there by then.
   */
  apply(client: Client, input: I, now: S | undefined, call: Call): Promise<S>;
  /**
   * After a create with unknown outcome: is what is there now what our create made (creator,
   * marker)? Left out: an object that appeared after the intent is taken to be ours.
   */
  ours?(client: Client, now: S, call: Call): Promise<boolean>;
  /**
   * Other copies of `now` that testx itself has made, as a create that took effect twice leaves
   * them: told by marker, creator or equality, never by name alone, and made about the same time
   * (`isTwin`). Each can be removed with `undo`. Left out: there can be none.
   */
  duplicates?(client: Client, input: I, now: S, call: Call): Promise<S[]>;
  /**
   * Whether another thing, by the state of its own kind, would go with this one: a row with its
   * database. What somebody has changed since, and what it is in, is left by an undo. Left out:
   * nothing goes with it, or `undo` looks for itself.
   */
  holds?(state: S, other: Readonly<JsonObject>): boolean;
  /**
   * Brings what is there (`now`) to `target`: `undefined` means it must not exist. Called only
   * when nobody else changed the fields in question. "Already gone" is success. Gives what
   * could not be restored, with `again` where it is to be tried again. A string instead of a
   * function: irreversible, and why.
   */
  readonly undo:
    | ((client: Client, target: S | undefined, now: S, call: Call) => Promise<Residue[]>)
    | string;
}

/** A secret that a provider needs. */
export interface SecretSpec {
  /** Environment variable: `SLACK_BOT_TOKEN` */
  readonly env: string;
  readonly title: string;
  /** Where to make one, and what it needs. One sentence with a link. */
  readonly help: string;
  /** What a valid one starts with: `["xoxb-"]`. Empty: anything. */
  readonly prefixes: readonly string[];
}

/** A limit of a service, and which calls count how much against it. */
export interface ProviderLimit extends RateLimit {
  /** What a call uses of it: 1 when left out, 0 for a call that it does not concern. */
  cost?(operation: Operation, request: WireRequest): number;
  /** Counted apart for each name that this gives (a method, a channel); left out: together. */
  per?(operation: Operation, request: WireRequest): string;
  /** When the service asks to wait, only the calls counted together here do; left out: all. */
  readonly apart?: true;
}

/**
 * The code that knows one kind of service. Light: importing it loads no SDK (`import type`
 * only); `connect` imports the SDK when it is first needed.
 */
export interface Provider<C, Client> {
  readonly id: string;
  /** `Slack` */
  readonly title: string;
  /** The integration's own `with`. */
  readonly config: Schema<C>;
  /** As `secrets` of a kind, of the config. */
  readonly configSecrets?: readonly (keyof C & string)[];
  readonly secrets: readonly SecretSpec[];
  /** Where the API lives; the environment variable overrides it. Left out: no API of its own. */
  readonly endpoint?: { readonly env: string; readonly url: string };
  readonly timeouts: Timeouts;
  /** How many calls at once testx may have under way. */
  readonly concurrency: { readonly reads: number; readonly writes: number };
  /** The service's published limits, to begin with; what it says itself corrects them. */
  readonly limits?: readonly ProviderLimit[];
  /**
   * How long the service may still carry out a write after the connection was lost, in ms:
   * testx waits this long before it looks whether to send again. Left out: 5,000.
   */
  readonly settleMs?: number;
  readonly wire: Wire;
  /**
   * Loads what is needed to say beforehand which calls setup will send. Left out: plans say that
   * this provider's calls are not predicted.
   */
  readonly forecast?: () => Promise<Forecast>;
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own input and state
  readonly kinds: Readonly<Record<string, ResourceKind<any, any, Client>>>;
  connect(config: C, deps: ConnectDeps): Promise<Client>;
  health(client: Client, call: Call): Promise<Health>;
  /** Maps whatever the SDK threw to a failure with a code of the catalogue. */
  classify(error: unknown): Failure;
  /**
   * The headers that carry the first of `secrets`, names in lower case: set anew when another one
   * takes its place. Left out: `Authorization: Bearer …`.
   */
  authorization?(secret: string): Readonly<Record<string, string>>;
  /** What a reply comes to that refuses the secret. Left out: CREDENTIAL_REFUSED. */
  refusal?(operation: Operation, reply: JudgedReply): Failure;
  /** Ways to exchange something lasting for the first of `secrets`, by name: `githubApp`. */
  readonly exchanges?: Readonly<Record<string, CredentialExchange>>;
  /**
   * Loads the local stand-in for the service, so that `--sandbox` and `testx simulate` work
   * without an account; its `id` is that of the provider. Left out: they ask the service itself.
   */
  sandbox?(): Promise<AnyService>;
}

/** What `connect` makes a client with. */
export interface ConnectDeps {
  readonly fetch: Fetch;
  /** Base URL of the API, when the provider has an endpoint. */
  readonly url: string;
  /** The secret's value by the name of its variable; `undefined` when it is not set. */
  secret(env: string): string | undefined;
  /** `testx/1.2.3`, for services that want to know who calls. Left out: `testx`. */
  readonly userAgent?: string;
}

/** A provider, whatever its client is. */
// biome-ignore lint/suspicious/noExplicitAny: the registry holds providers of every client
export type AnyProvider = Provider<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above, for kinds
export type AnyKind = ResourceKind<any, any, any>;
