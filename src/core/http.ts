import type { Outcome } from "./failure.ts";

/**
 * The fetch that passes through the gateway to the SDKs: a subset of the WHATWG one, so that
 * no command has to load the built-in fetch (2.3 × the start-up of Node).
 */
export type Fetch = (url: string | URL, init?: FetchInit) => Promise<Reply>;

/** A request, as SDKs give it to `fetch`. */
export interface FetchInit {
  readonly method?: string | undefined;
  readonly headers?: HeadersLike | undefined;
  readonly body?: string | Uint8Array | URLSearchParams | null | undefined;
  readonly signal?: AbortSignal | null | undefined;
  readonly redirect?: "follow" | "error" | "manual" | undefined;
  /** How long a new connection may take, in ms. Set by the gateway; SDKs know nothing of it. */
  readonly connectMs?: number | undefined;
  /**
   * In place of `signal`, at a fraction of its cost: has `stop` called, once, when the call is
   * cancelled, and at once where it is; `undefined` takes that back. Set by the gateway.
   */
  onCancel?(stop: (() => void) | undefined): void;
}

/** Headers in the forms that SDKs give them. */
export type HeadersLike =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | number | undefined>>;

/** A reply whose body has been read whole. The part of `Response` that the SDKs use. */
export interface Reply {
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  readonly url: string;
  readonly redirected: boolean;
  readonly headers: ReplyHeaders;
  /** Kept for SDKs that look whether there is one; the body itself is already buffered. */
  readonly body: unknown;
  readonly bodyUsed: boolean;
  text(): Promise<string>;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
  clone(): Reply;
}

/** The part of `Headers` that the SDKs use. */
export interface ReplyHeaders extends Iterable<[string, string]> {
  get(name: string): string | null;
  has(name: string): boolean;
  forEach(visit: (value: string, name: string) => void): void;
  entries(): Iterator<[string, string]> & Iterable<[string, string]>;
  keys(): Iterator<string> & Iterable<string>;
  values(): Iterator<string> & Iterable<string>;
}

/** A request as the gateway's policies see it. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string | undefined;
}

/** What a provider knows of its own calls; pure. */
export interface Wire {
  /**
   * What a successful reply must hold to be believed: `json` (the default) asks for an object
   * or an array wherever HTTP allows a body; `any` takes whatever came.
   */
  readonly body?: "json" | "any";
  /** Names the call and says what it does to the service. */
  describe(request: WireRequest): Operation;
  /**
   * Judges a reply that arrived whole. `undefined` leaves it to the general rule by HTTP
   * status (2xx applied; 429 and other 4xx not applied; 5xx unknown).
   */
  judge?(request: WireRequest, reply: JudgedReply): Verdict | undefined;
  /**
   * For a read whose answer may be kept: what kind of thing it tells of, and for how long it
   * counts (ms). `undefined`: it is always asked anew.
   */
  cacheable?(request: WireRequest): Cacheable | undefined;
}

/** What may be done with the answer to a read. */
export interface Cacheable {
  /** Of the thing that it tells of: `repository`, `labels`, `users`. */
  readonly kind: string;
  readonly ttlMs: number;
  /**
   * It only says who or what a name stands for, and no write of testx changes that: while it is
   * young it also counts where testx looks before it writes. Anything else is asked anew there.
   */
  readonly lookup?: true;
  /**
   * False for an answer that must not be kept, such as a page of which nobody could tell by its
   * body alone that another one follows by now. Left out: true.
   */
  keep?(reply: JudgedReply): boolean;
}

/** What a call does to the service. */
export interface Operation {
  /** `conversations.create`, `PATCH /repos/{owner}/{repo}/labels/{name}`. */
  readonly name: string;
  /** Whether it can change anything. */
  readonly write: boolean;
  /** May be sent again after an unknown outcome: reads and natural PUT and DELETE. */
  readonly idempotent: boolean;
}

/** A reply that arrived whole, before anybody believes it. */
export interface JudgedReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly text: string;
}

/** What a reply says of the call. */
export interface Verdict {
  readonly outcome: Outcome;
  /** Whether the same call may succeed a little later. */
  readonly transient: boolean;
  /** How long the service asks to wait, in ms. */
  readonly retryAfterMs?: number | undefined;
  /** The service's own word for it: `ratelimited`, `conflict_error`. */
  readonly reason?: string | undefined;
  /** The credential was refused (revoked, expired): another one may do. */
  readonly credential?: true | undefined;
}
