import { type Failure, failure, type Outcome, TestxError } from "../core/failure.ts";
import type { FetchInit, HeadersLike, Operation, Verdict, WireRequest } from "../core/http.ts";
import type { CallContext } from "./context.ts";

export type Cancellation = "deadline" | "interrupted";

/**
 * One call on its way through the policies. It travels as the `init` of each fetch, so that
 * every policy remains a plain fetch around a fetch, and carries what they tell each other.
 */
export class GatewayCall implements FetchInit {
  readonly method: string;
  /** A copy of its own: `identify` writes to it. */
  readonly headers: Record<string, string>;
  readonly body: FetchInit["body"];
  readonly redirect = "manual" as const;
  readonly integration: string;
  readonly request: WireRequest;
  readonly operation: Operation;
  readonly context: CallContext | undefined;

  /** Requests sent so far, the one under way included. */
  attempt = 0;
  requestId = "";
  /** On the monotonic clock, in ms. */
  deadline = Number.POSITIVE_INFINITY;
  /** What `classify` made of the last reply; undefined when there was none. */
  verdict: Verdict | undefined;
  /** An earlier attempt may have taken effect. */
  unsure = false;
  cancelled: Cancellation | undefined;

  readonly #outer: readonly AbortSignal[];
  #controller: AbortController | undefined;

  constructor(parts: {
    readonly integration: string;
    readonly url: string | URL;
    readonly init: FetchInit | undefined;
    readonly context: CallContext | undefined;
    readonly describe: (request: WireRequest) => Operation;
  }) {
    const { init, context } = parts;
    this.integration = parts.integration;
    this.method = init?.method?.toUpperCase() ?? "GET";
    this.headers = headerRecord(init?.headers);
    this.body = init?.body;
    this.context = context;
    this.request = new LazyRequest(this.method, parts.url, this.body);
    this.operation = parts.describe(this.request);
    this.#outer = outerSignals(context?.signal, init?.signal);
    if (this.#outer.some((signal) => signal.aborted)) this.cancelled = "interrupted";
  }

  /** Made when somebody first asks: most of its cost is saved where nothing waits. */
  get signal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    this.#controller = new AbortController();
    for (const signal of this.#outer) {
      if (signal.aborted) this.#interrupt();
      else signal.addEventListener("abort", this.#interrupt);
    }
    if (this.cancelled !== undefined) this.#controller.abort(this.cancelled);
    return this.#controller.signal;
  }

  cancel(cause: Cancellation): void {
    this.cancelled ??= cause;
    this.#controller?.abort(cause);
  }

  /** To be called when the call is over: lets go of the run's long-lived signal. */
  release(): void {
    if (this.#controller === undefined) return;
    for (const signal of this.#outer) signal.removeEventListener("abort", this.#interrupt);
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
    return this.cancelled === "deadline"
      ? new TestxError(
          this.failure("GATEWAY_TIMEOUT", "no whole reply in time", { outcome, transient: true }),
          options,
        )
      : new TestxError(this.failure("RUN_INTERRUPTED", "interrupted", { outcome }), options);
  }

  readonly #interrupt = (): void => this.cancel("interrupted");
}

/** The call that a policy was given. Policies run only behind `context`, which makes it. */
export function callOf(init: FetchInit | undefined): GatewayCall {
  if (init instanceof GatewayCall) return init;
  throw new TypeError("a gateway policy was called without the context policy around it");
}

class LazyRequest implements WireRequest {
  readonly method: string;
  readonly #address: string | URL;
  readonly #body: FetchInit["body"];
  #url: URL | undefined;

  constructor(method: string, address: string | URL, body: FetchInit["body"]) {
    this.method = method;
    this.#address = address;
    this.#body = body;
  }

  get url(): URL {
    this.#url ??= new URL(this.#address);
    return this.#url;
  }

  get body(): string | undefined {
    if (this.#body === undefined || this.#body === null) return undefined;
    if (typeof this.#body === "string") return this.#body;
    return this.#body instanceof URLSearchParams ? this.#body.toString() : undefined;
  }
}

function headerRecord(given: HeadersLike | undefined): Record<string, string> {
  const record: Record<string, string> = {};
  if (given === undefined) return record;
  if (Symbol.iterator in given) {
    for (const [name, value] of given as Iterable<readonly [string, string]>) record[name] = value;
    return record;
  }
  for (const name in given) {
    const value = (given as Record<string, string | number | undefined>)[name];
    if (value !== undefined) record[name] = String(value);
  }
  return record;
}

const none: readonly AbortSignal[] = [];

function outerSignals(
  first: AbortSignal | undefined,
  second: AbortSignal | null | undefined,
): readonly AbortSignal[] {
  if (first === undefined) return second ? [second] : none;
  return second && second !== first ? [first, second] : [first];
}
