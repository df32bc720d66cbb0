import type { BreakerState } from "../core/events.ts";
import { type Failure, failure, type Outcome, TestxError } from "../core/failure.ts";
import type { FetchInit, HeadersLike, Operation, WireRequest } from "../core/http.ts";
import type { Clock } from "../core/ports.ts";
import type { CallContext } from "./context.ts";
import type { End } from "./end.ts";

export type Cancellation = "deadline" | "interrupted";

/** A policy that holds something for a call until it is over. */
export interface Holder {
  leave(call: GatewayCall): void;
}

/** A policy that is told how each attempt ended, before it is decided what to do about it. */
export interface Watcher {
  ended(call: GatewayCall, end: End): void;
  /** An attempt is about to go onto the wire. */
  sending?(call: GatewayCall): void;
}

/**
 * One call on its way through the policies. It travels as the `init` of each fetch, so that
 * every policy remains a plain fetch around a fetch, and carries what they tell each other.
 */
export class GatewayCall implements FetchInit {
  readonly integration: string;
  readonly method: string;
  readonly body: FetchInit["body"];
  readonly redirect = "manual" as const;
  readonly connectMs: number | undefined;
  readonly request: WireRequest;
  readonly operation: Operation;
  readonly context: CallContext | undefined;

  /** On the monotonic clock, in ms. */
  startedAt = 0;
  /** Something has been waited for since it started: the clock has to be asked again. */
  delayed = false;
  /** When the attempt under way began. */
  sentAt = 0;
  /** When the last attempt that was sent ended. */
  endedAt = 0;
  deadline = Number.POSITIVE_INFINITY;
  /** Requests sent so far, the one under way included. */
  attempt = 0;
  /** Of those, the ones sent anew with another credential: they are no retries. */
  anew = 0;
  /** Whether the attempt under way got as far as the wire. */
  sent = false;
  /** What the attempt failed for has been mended (another credential): it may go again at once. */
  mended = false;
  /** The wait before the attempt under way by its retry policy, in ms. */
  pausedMs: number | undefined = undefined;
  /** Another attempt would only be refused (the breaker is open now): what this one ends with is the end. */
  hopeless = false;
  /** How long the attempt under way waited for a rate limit, in ms. */
  waitedMs = 0;
  /** Of the breaker, where it was not closed. */
  breaker: BreakerState | undefined = undefined;
  /** Found where an earlier answer was looked for. */
  cache: "miss" | undefined = undefined;
  /** Told to the caller in place of the last reply, when there is no further attempt. */
  instead: TestxError | undefined = undefined;
  /** Headers that policies set in place of what the SDK gave; names in lower case. */
  override: Record<string, string> | undefined = undefined;
  requestId = "";
  /** An earlier attempt may have taken effect. */
  unsure = false;
  cancelled: Cancellation | undefined = undefined;

  /** A policy around `retry` goes on when that has ended: `begin` ends the call, once it is through. */
  outlasted = false;

  /** Neighbours in the deadline's list. */
  earlier: GatewayCall | undefined = undefined;
  later: GatewayCall | undefined = undefined;

  // Two apart from the others, as below: a list for each call would cost more than they do.
  private watcher: Watcher | undefined = undefined;
  private second: Watcher | undefined = undefined;
  private watchers: Watcher[] | undefined = undefined;
  private readonly given: HeadersLike | undefined;
  private readonly own: AbortSignal | null | undefined;
  // Two are enough: only the bulkhead and the deadline hold a call, each once.
  private holder: Holder | undefined = undefined;
  private another: Holder | undefined = undefined;
  private controller: AbortController | undefined = undefined;
  private interrupt: (() => void) | undefined = undefined;
  private stop: (() => void) | undefined = undefined;
  private over = false;

  constructor(
    integration: string,
    describe: (request: WireRequest) => Operation,
    url: string | URL,
    init: FetchInit | undefined,
    context: CallContext | undefined,
    connectMs: number | undefined,
  ) {
    this.integration = integration;
    this.method = methodOf(init?.method);
    this.body = init?.body;
    this.connectMs = connectMs;
    this.context = context;
    this.request = new LazyRequest(this.method, url, this.body);
    this.operation = describe(this.request);
    this.given = init?.headers;
    this.own = init?.signal;
    if (context?.signal?.aborted || this.own?.aborted) this.cancelled = "interrupted";
  }

  /** The SDK's headers and this attempt's id. */
  get headers(): Record<string, string> {
    const record = headerRecord(this.given);
    if (this.override !== undefined) {
      for (const name of Object.keys(record)) {
        if (Object.hasOwn(this.override, name.toLowerCase())) delete record[name];
      }
      Object.assign(record, this.override);
    }
    record["x-request-id"] = this.requestId;
    return record;
  }

  /** About now, on the monotonic clock: asking it costs as much as several policies do. */
  at(clock: Pick<Clock, "monotonic">): number {
    return this.delayed ? clock.monotonic() : this.startedAt;
  }

  /** Made when somebody first asks: most of its cost is saved where nothing waits. */
  get signal(): AbortSignal {
    if (this.controller !== undefined) return this.controller.signal;
    this.controller = new AbortController();
    this.listen();
    if (this.cancelled !== undefined) this.controller.abort(this.cancelled);
    return this.controller.signal;
  }

  /** What the transport asks instead of `signal`. */
  onCancel(stop: (() => void) | undefined): void {
    this.stop = undefined;
    if (stop === undefined) return;
    this.listen();
    if (this.cancelled === undefined) this.stop = stop;
    else stop();
  }

  cancel(cause: Cancellation): void {
    this.cancelled ??= cause;
    this.controller?.abort(cause);
    const { stop } = this;
    this.stop = undefined;
    stop?.();
  }

  private listen(): void {
    const run = this.context?.signal;
    if (this.interrupt !== undefined || (run === undefined && !this.own)) return;
    this.interrupt = () => this.cancel("interrupted");
    for (const signal of [run, this.own]) {
      if (signal?.aborted) this.cancel("interrupted");
      else signal?.addEventListener("abort", this.interrupt);
    }
  }

  /** Has `holder` told when the call is over. */
  hold(holder: Holder): void {
    if (this.holder === undefined) this.holder = holder;
    else this.another = holder;
  }

  /** Has `watcher` told how each attempt ends, from now on; asked again it changes nothing. */
  watch(watcher: Watcher): void {
    if (this.watcher === undefined || this.watcher === watcher) this.watcher = watcher;
    else if (this.second === undefined || this.second === watcher) this.second = watcher;
    else if (this.watchers === undefined) this.watchers = [watcher];
    else if (!this.watchers.includes(watcher)) this.watchers.push(watcher);
  }

  /** An attempt is about to go onto the wire: tells those who watch. */
  sending(): void {
    this.watcher?.sending?.(this);
    this.second?.sending?.(this);
    if (this.watchers !== undefined) for (const one of this.watchers) one.sending?.(this);
  }

  /** An attempt has ended: tells those who watch. */
  ended(end: End): void {
    this.watcher?.ended(this, end);
    this.second?.ended(this, end);
    if (this.watchers !== undefined) for (const one of this.watchers) one.ended(this, end);
  }

  /** `retry` has no more to do with it. */
  settled(): void {
    if (!this.outlasted) this.end();
  }

  /** The call is over: lets go of what policies hold, and of the run's long-lived signal. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.holder?.leave(this);
    this.another?.leave(this);
    if (this.interrupt === undefined) return;
    this.context?.signal?.removeEventListener("abort", this.interrupt);
    this.own?.removeEventListener("abort", this.interrupt);
  }

  failure(code: string, what: string, parts: Partial<Failure>): Failure {
    return failure(code, `${this.integration} ${this.operation.name}: ${what}`, {
      integration: this.integration,
      ...(this.requestId !== "" && { requestId: this.requestId }),
      ...parts,
    });
  }

  /** The error for a call that was cancelled, by whoever did it. */
  cancellation(outcome: Outcome, cause?: unknown): TestxError {
    const options = cause === undefined ? undefined : { cause };
    const had = Math.round(this.deadline - this.startedAt);
    const what = `no whole reply ${Number.isFinite(had) ? `within ${had} ms` : "in time"}`;
    return this.cancelled === "deadline"
      ? new TestxError(this.failure("GATEWAY_TIMEOUT", what, { outcome, transient: true }), options)
      : new TestxError(this.failure("RUN_INTERRUPTED", "interrupted", { outcome }), options);
  }
}

/** The call that a policy was given. Policies run only behind `begin`, which makes it. */
export function callOf(init: FetchInit | undefined): GatewayCall {
  if (init instanceof GatewayCall) return init;
  throw new TypeError("a gateway policy was called without `begin` around it");
}

/** Nearly all are in capitals; making them so costs more than a policy. */
function methodOf(given = "GET"): string {
  return given === "GET" || given === "POST" ? given : given.toUpperCase();
}

class LazyRequest implements WireRequest {
  readonly method: string;
  private readonly address: string | URL;
  private readonly given: FetchInit["body"];
  private parsed: URL | undefined = undefined;

  constructor(method: string, address: string | URL, body: FetchInit["body"]) {
    this.method = method;
    this.address = address;
    this.given = body;
  }

  get url(): URL {
    this.parsed ??= new URL(this.address);
    return this.parsed;
  }

  get body(): string | undefined {
    if (this.given === undefined || this.given === null) return undefined;
    if (typeof this.given === "string") return this.given;
    return this.given instanceof URLSearchParams ? this.given.toString() : undefined;
  }
}

/** As a plain record; a list of pairs as its last word for each name. */
export function headerRecord(given: HeadersLike | undefined): Record<string, string> {
  if (given === undefined) return {};
  if (Symbol.iterator in given) return Object.fromEntries(given);
  const record: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) record[name] = String(value);
  }
  return record;
}
