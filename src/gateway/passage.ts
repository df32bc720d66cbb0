import { type Outcome, rootFailure, TestxError } from "../core/failure.ts";
import type { Fetch, FetchInit, HeadersLike, Reply } from "../core/http.ts";
import { verdictByStatus } from "../core/verdict.ts";
import { WireError } from "../core/wire-error.ts";
import { type GatewayCall, headerRecord } from "./call.ts";

/** What frames a request, or says where it goes, is the transport's. */
const fixedHeaders = new Set(["connection", "content-length", "host", "transfer-encoding"]);

/** One call on its way through one policy of the user's: what the policy did with it. */
export class Passage {
  readonly #policy: string;
  readonly #call: GatewayCall;
  readonly #next: Fetch;
  readonly #url: string;
  readonly #given: Readonly<Record<string, string>>;
  #underWay: Promise<unknown> | undefined;
  #over = false;
  /** What became of the request as far as the policy sent it on. */
  #outcome: Outcome = "not-applied";
  #error: unknown;
  called = false;
  replied = false;

  constructor(policy: string, call: GatewayCall, next: Fetch, url: string) {
    this.#policy = policy;
    this.#call = call;
    this.#next = next;
    this.#url = url;
    this.#given = call.headers;
  }

  get headers(): Record<string, string> {
    // The id belongs to what is sent, and is given below.
    const { "x-request-id": _, ...headers } = this.#given;
    return headers;
  }

  /** What the policy calls as `next`. */
  send(url: string, init: FetchInit | undefined): Promise<Reply> {
    const problem = this.#misuse(url, init);
    if (problem !== undefined) return Promise.reject(this.failed(problem));
    if (init?.headers !== undefined) {
      const fixed = this.#override(init.headers);
      if (fixed !== undefined) return Promise.reject(this.failed(`it changed the header ${fixed}`));
    }
    this.called = true;
    this.#outcome = "unknown";
    const release = this.#obey(init?.signal);
    // Some that refuse throw, others reject.
    const below = async (): Promise<Reply> => this.#next(this.#url, this.#call);
    const sent = below().then(
      (reply) => {
        release();
        this.replied = true;
        this.#outcome = verdictByStatus(reply.status).outcome;
        this.#underWay = undefined;
        return reply;
      },
      (error: unknown) => {
        release();
        this.#outcome = outcomeOf(error);
        this.#error = error;
        this.#underWay = undefined;
        throw error;
      },
    );
    this.#underWay = sent.catch(() => undefined);
    return sent;
  }

  /** Whether an error is the one that `next` has given: it goes on as it came. */
  isFromBelow(error: unknown): boolean {
    return error !== undefined && error === this.#error;
  }

  /** The time is over, or the run is stopped: what the call ends with, when its request has ended. */
  async cancelled(): Promise<TestxError> {
    await this.#underWay;
    const outcome = this.#outcome === "not-applied" ? "not-applied" : "unknown";
    return this.#call.cancellation(outcome);
  }

  /** The policy has ended: gives what is wrong with how it did. */
  async end(): Promise<string | undefined> {
    this.#over = true;
    if (this.#underWay === undefined) return undefined;
    // Nothing may go on behind the back of a call that has ended.
    this.#call.cancel("interrupted");
    await this.#underWay;
    return "it ended before the request that it had sent on";
  }

  failed(what: string, cause?: unknown): TestxError {
    const outcome = this.#outcome === "not-applied" ? "not-applied" : "unknown";
    const message = `the policy "${this.#policy}" failed: ${what}`;
    return new TestxError(
      this.#call.failure("POLICY_FAILED", message, { outcome }),
      cause === undefined ? undefined : { cause },
    );
  }

  /** A failure that the policy chose itself must not deny what became of the request. */
  told(error: TestxError): TestxError {
    if (this.#outcome === "not-applied") return error;
    if (error.failure.outcome !== "not-applied") return error;
    return new TestxError({ ...error.failure, outcome: "unknown" }, { cause: error });
  }

  #misuse(url: string, init: FetchInit | undefined): string | undefined {
    const { method, body } = this.#call;
    if (this.#over) return "it called next after it had ended";
    if (this.called) return "it called next twice: sending again is up to the retry policies";
    if (String(url) !== this.#url) return "it changed the address";
    if (init?.method !== undefined && init.method.toUpperCase() !== method) {
      return "it changed the method";
    }
    if (init !== undefined && "body" in init && init.body !== body) return "it changed the body";
    return undefined;
  }

  /** Takes over the headers that differ; gives the name of one that may not. */
  #override(given: HeadersLike): string | undefined {
    const before = new Map(
      Object.entries(this.#given).map(([name, value]) => [name.toLowerCase(), value]),
    );
    for (const [written, value] of Object.entries(headerRecord(given))) {
      const name = written.toLowerCase();
      if (before.get(name) === value) continue;
      if (fixedHeaders.has(name)) return name;
      this.#call.override = { ...this.#call.override, [name]: value };
    }
    return undefined;
  }

  /** Has a signal of the policy's own end the call as its deadline would. */
  #obey(signal: AbortSignal | null | undefined): () => void {
    if (signal === undefined || signal === null || signal === this.#call.signal) return () => {};
    const stop = (): void => this.#call.cancel("deadline");
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    return () => signal.removeEventListener("abort", stop);
  }
}

/** Of what `next` rejected with: a failure, or below `retry` what the transport threw. */
function outcomeOf(error: unknown): Outcome {
  if (error instanceof WireError) return error.sent ? "unknown" : "not-applied";
  return rootFailure(error)?.outcome ?? "unknown";
}
