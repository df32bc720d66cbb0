import { TestxError } from "../core/failure.ts";
import type { Reply, Verdict, Wire } from "../core/http.ts";
import type { Clock } from "../core/ports.ts";
import { BufferedReply } from "../core/reply.ts";
import { isJson, redirected, unreadable, verdictOf } from "../core/verdict.ts";
import { WireError } from "../core/wire-error.ts";
import { callOf, type GatewayCall } from "./call.ts";
import { fromWireError } from "./faults.ts";
import type { Policy } from "./policy.ts";

/**
 * The innermost policy: says how an attempt ended. What the SDK can make its own typed error
 * of passes as a reply; what it would misread (a cut or garbled success, a redirect, an error
 * page) is thrown as a `TestxError` with its outcome.
 */
export function classify(wire: Wire, clock: Clock): Policy {
  return (next) => async (url, init) => {
    const call = callOf(init);
    call.verdict = undefined;
    let reply: Reply;
    let text: string;
    try {
      reply = await next(url, call);
      text = reply instanceof BufferedReply ? reply.peek() : await reply.clone().text();
    } catch (error) {
      throw error instanceof WireError ? fromWireError(error, call) : error;
    }
    const { status, headers } = reply;
    const verdict = verdictOf(wire, call.request, { status, headers, text }, clock.now());
    call.verdict = verdict;
    const problem = problemOf(wire, reply, text, verdict, call);
    if (problem !== undefined) throw problem;
    return reply;
  };
}

function problemOf(
  wire: Wire,
  reply: Reply,
  text: string,
  verdict: Verdict,
  call: GatewayCall,
): TestxError | undefined {
  const { status } = reply;
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
    return error("GATEWAY_UNREADABLE", `HTTP ${status}, but ${looks(text)} instead of JSON`);
  }
  if (verdict.reason === redirected) {
    const location = place(reply);
    return error("GATEWAY_REDIRECTED", `HTTP ${status} to ${location ?? "nowhere"}`, location);
  }
  if (status < 400) return undefined;
  if (status === 429 || (status === 403 && transient)) {
    const wait = retryAfterMs === undefined ? "" : `, asks to wait ${seconds(retryAfterMs)}`;
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
  return /^\s*[{[]/.test(text) ? "broken JSON" : "other text";
}

/** Where a redirect points, without its query, which may hold a signature. */
function place(reply: Reply): string | undefined {
  const location = reply.headers.get("location");
  if (location === null || !URL.canParse(location, reply.url)) return undefined;
  const { origin, pathname } = new URL(location, reply.url);
  return `${origin}${pathname}`;
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}
