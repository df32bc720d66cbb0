import type { JudgedReply, ReplyHeaders, Verdict, Wire, WireRequest } from "./http.ts";

/** `reason` of a reply that should be JSON and is not. */
export const unreadable = "unreadable reply";
/** `reason` of a reply that points elsewhere; testx never follows it. */
export const redirected = "redirected";

/**
 * How a call ended, from a reply that arrived whole: the one place for this rule. A success
 * that cannot be read is never believed; then the provider's own word counts (`wire.judge`),
 * then the HTTP status. `now` (ms since the epoch) is asked where the reply carries no date.
 */
export function verdictOf(
  wire: Wire,
  request: WireRequest,
  reply: JudgedReply,
  now: () => number,
): Verdict {
  if (reply.status < 300 && !isWhole(wire, request, reply)) {
    return { outcome: "unknown", transient: true, reason: unreadable };
  }
  const verdict = wire.judge?.(request, reply) ?? verdictByStatus(reply.status, reply.headers);
  if (!verdict.transient || verdict.retryAfterMs !== undefined) return verdict;
  const retryAfterMs = retryAfter(reply.headers, now);
  return retryAfterMs === undefined ? verdict : { ...verdict, retryAfterMs };
}

/** The general rule by status (RFC 9110), for replies the provider has no own word for. */
export function verdictByStatus(status: number, headers?: ReplyHeaders): Verdict {
  if (status < 300 || status === 304) return applied;
  if (status < 400) {
    // 303 is what a server says after it has acted.
    return {
      outcome: status === 303 ? "unknown" : "not-applied",
      transient: false,
      reason: redirected,
    };
  }
  if (status === 429) return { outcome: "not-applied", transient: true, reason: "rate limited" };
  if (status === 403 && headers !== undefined && isSpent(headers)) {
    return { outcome: "not-applied", transient: true, reason: "rate limited" };
  }
  if (status === 425) return { outcome: "not-applied", transient: true, reason: "HTTP 425" };
  // Sent by proxies as well, which cannot know what the service behind them did.
  if (status === 408) return { outcome: "unknown", transient: true, reason: "HTTP 408" };
  if (status === 401) {
    return { outcome: "not-applied", transient: false, reason: "HTTP 401", credential: true };
  }
  if (status < 500 || lasting.has(status)) {
    return { outcome: "not-applied", transient: false, reason: `HTTP ${status}` };
  }
  return { outcome: "unknown", transient: true, reason: `HTTP ${status}` };
}

const applied: Verdict = { outcome: "applied", transient: false };
/** Not implemented, version not supported, log in to the network first. */
const lasting: ReadonlySet<number> = new Set([501, 505, 511]);

function isSpent(headers: ReplyHeaders): boolean {
  return headers.has("retry-after") || headers.get("x-ratelimit-remaining") === "0";
}

/** Whether the body of a reply is a JSON object or array. */
export function isJson(text: string): boolean {
  const start = text.startsWith("{") || text.startsWith("[") ? text : text.trimStart();
  if (!start.startsWith("{") && !start.startsWith("[")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isWhole(wire: Wire, request: WireRequest, reply: JudgedReply): boolean {
  if (wire.body === "any" || request.method === "HEAD") return true;
  if (reply.status === 204 || reply.status === 205) return true;
  return isJson(reply.text);
}

/**
 * Milliseconds the service asks to wait: `Retry-After` as seconds or as a date, else
 * `x-ratelimit-reset` once nothing remains. Dates are measured against the reply's own `Date`,
 * so that a wrong local clock does no harm.
 */
export function retryAfter(headers: ReplyHeaders, now: () => number): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (value !== undefined && value !== "") {
    if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
    const date = Date.parse(value);
    if (!Number.isNaN(date)) return Math.max(0, date - serverTime(headers, now));
  }
  return headers.get("x-ratelimit-remaining") === "0" ? resetAfter(headers, now) : undefined;
}

/** Milliseconds until the service counts anew, by `x-ratelimit-reset`. */
export function resetAfter(headers: ReplyHeaders, now: () => number): number | undefined {
  const reset = headers.get("x-ratelimit-reset");
  if (reset === null) return undefined;
  const seconds = Number(reset);
  if (!Number.isFinite(seconds) || seconds < 0) return undefined;
  // Seconds since the epoch (GitHub) or seconds from now (the IETF draft).
  if (seconds < 1e9) return seconds * 1000;
  return Math.max(0, seconds * 1000 - serverTime(headers, now));
}

function serverTime(headers: ReplyHeaders, now: () => number): number {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? now() : date;
}
