import { TestxError } from "../core/failure.ts";
import type { Reply, Verdict, Wire } from "../core/http.ts";
import type { Clock } from "../core/ports.ts";
import { spelledWait } from "../core/spelled.ts";
import { isJson, redirected, unreadable, verdictOf } from "../core/verdict.ts";
import { WireError } from "../core/wire-error.ts";
import type { GatewayCall } from "./call.ts";
import type { End } from "./end.ts";
import { fromWireError } from "./faults.ts";

/**
 * Says how an attempt ended; `retry` decides what to do about it. What the SDK can make its own
 * typed error of stays a reply; what it would misread (a cut or garbled success, a redirect, an
 * error page) becomes a `TestxError` with its outcome.
 */
export interface Classifier {
  reply(call: GatewayCall, reply: Reply, text: string): End;
  /** `undefined`: nobody's failure, but a bug. */
  error(call: GatewayCall, error: unknown): End | undefined;
}

export function classifier(wire: Wire, clock: Clock): Classifier {
  return {
    reply(call, reply, text) {
      const { status, headers } = reply;
      const verdict = verdictOf(wire, call.request, { status, headers, text }, clock.now);
      const problem = problemOf(wire, reply, text, verdict, call, clock);
      return problem === undefined ? { verdict, status, reply } : failed(problem);
    },
    error(call, error) {
      if (error instanceof WireError) return failed(fromWireError(error, call));
      return error instanceof TestxError ? failed(error) : undefined;
    },
  };
}

function failed(error: TestxError): End {
  const { failure } = error;
  return { verdict: { ...failure, reason: failure.code }, status: failure.status, error };
}

function problemOf(
  wire: Wire,
  reply: Reply,
  text: string,
  verdict: Verdict,
  call: GatewayCall,
  clock: Clock,
): TestxError | undefined {
  const { status } = reply;
  if (status < 400 && verdict.outcome === "applied") return undefined;
  const { outcome, transient, retryAfterMs } = verdict;
  const error = (code: string, what: string, location?: string): TestxError =>
    new TestxError(
      call.failure(code, what, {
        outcome,
        transient,
        status,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        ...(location !== undefined && { details: { location } }),
      }),
    );

  if (verdict.reason === unreadable) {
    return error(
      "GATEWAY_UNREADABLE",
      `HTTP ${status}, but ${looks(text)} instead of what its API answers`,
    );
  }
  if (verdict.reason === redirected) {
    const location = place(reply);
    return error("GATEWAY_REDIRECTED", `HTTP ${status} to ${location ?? "nowhere"}`, location);
  }
  if (status < 400) return undefined;
  if (status === 429 || (status === 403 && transient)) {
    const wait =
      retryAfterMs === undefined ? "" : `, asks to wait ${spelledWait(retryAfterMs, clock.now())}`;
    return error("GATEWAY_RATE_LIMITED", `HTTP ${status}${wait}`);
  }
  if (wire.body === "any" || text === "" || isJson(text)) return undefined;
  return error(
    status >= 500 ? "GATEWAY_UNAVAILABLE" : "GATEWAY_UNREADABLE",
    `HTTP ${status} with ${looks(text)}`,
  );
}

function looks(text: string): string {
  if (text.trim() === "") return "an empty body";
  if (/^\s*</.test(text)) return "a web page";
  if (isJson(text)) return "JSON of another kind";
  return /^\s*[{[]/.test(text) ? "broken JSON" : "other text";
}

/** Where a redirect points, without its query, which may hold a signature. */
function place(reply: Reply): string | undefined {
  const location = reply.headers.get("location");
  if (location === null || !URL.canParse(location, reply.url)) return undefined;
  const { origin, pathname } = new URL(location, reply.url);
  return `${origin}${pathname}`;
}
