import type { Json, JsonObject } from "./json.ts";

/**
 * A request to a stand-in service; `path` begins behind the service's prefix: `/repos/a/b`,
 * percent-encoding kept, so that an encoded slash does not split a name.
 */
export interface SandboxRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a stand-in answers. */
export interface SandboxReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is; anything else as JSON; left out: no body. */
  readonly body?: Json | object;
}

/** Why a service turns a request away before it looks at it. */
export interface Refused {
  readonly why: "revoked" | "scope-lost" | "rate-limited";
  /** For `rate-limited`; left out: the service does not say how long to wait. */
  readonly retryAfterSeconds?: number | undefined;
}

/** What a stand-in has of the world. */
export interface SandboxContext {
  /** Milliseconds since the epoch. */
  now(): number;
  /** 1, 2, 3 … for the whole sandbox, kept with the state: for ids that never repeat. */
  next(): number;
  /** Base URL under which this service is reached, without a slash at the end. */
  readonly url: string;
}

/**
 * A stateful stand-in for one service. `handle` changes the state in place and runs to its end
 * before the next request: a reply is sent only when the state it speaks of is stored.
 */
export interface SandboxService<State extends JsonObject> {
  /** `slack`: the path prefix, and the key of its state. */
  readonly id: string;
  /** What an account looks like before testx touched it. */
  initial(): State;
  /** Answers one request, and changes `state` where the service would. */
  handle(request: SandboxRequest, state: State, context: SandboxContext): SandboxReply;
  /** Whether the request can change anything: marks it in the request log. */
  isWrite(request: SandboxRequest): boolean;
  /**
   * What a person would see in the live service, without ids, numbers and times that are
   * assigned by it, and without what has been thrown away (trash, archive): equal accounts
   * give equal values.
   */
  canonical(state: State): Json;
  /** How it says so; left out: the usual status, and a body that only people read. */
  refuse?(refused: Refused): SandboxReply;
  /** Environment variables that point testx at this stand-in, tokens included. */
  environment(url: string): Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: the server holds services of every state
export type AnyService = SandboxService<any>;
