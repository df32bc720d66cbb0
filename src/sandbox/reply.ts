import type { IncomingMessage, ServerResponse } from "node:http";
import type { AnyService, Refused, SandboxReply } from "../core/stand-in.ts";
import type { Struck } from "./fault.ts";

const page = "<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>";

/** The reply that a fault leaves of the service's own (`undefined`: the service saw nothing). */
export function afterFault(reply: SandboxReply | undefined, fault: Struck["fault"]): SandboxReply {
  if (fault?.kind === "status") {
    const { status, body, headers } = fault;
    return { status, ...(body === undefined ? {} : { body }), ...(headers ? { headers } : {}) };
  }
  if (fault?.kind === "html") {
    return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: page };
  }
  return reply ?? { status: 200, body: {} };
}

const statuses = { revoked: 401, "scope-lost": 403, "rate-limited": 429 };

/** As the service says it, or with the usual status. */
export function refusalOf(service: AnyService, refused: Refused): SandboxReply {
  const own = service.refuse?.(refused);
  if (own) return own;
  const { why, retryAfterSeconds: seconds } = refused;
  return {
    status: statuses[why],
    ...(seconds === undefined ? {} : { headers: { "retry-after": String(seconds) } }),
    body: { error: why },
  };
}

export function text(reply: SandboxReply): string {
  if (reply.body === undefined) return "";
  return typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
}

/** Sends a reply as it is. */
export function send(response: ServerResponse, reply: SandboxReply, now: number): void {
  const body = Buffer.from(text(reply));
  head(response, reply, now, body.length);
  response.end(body);
}

/** Carries out a fault that concerns the connection or the bytes of the reply. */
export function sendFaulty(
  request: IncomingMessage,
  response: ServerResponse,
  reply: SandboxReply,
  fault: NonNullable<Struck["fault"]>,
  now: number,
  stalled: () => void = () => {},
): void {
  if (fault.kind === "reset") request.socket.resetAndDestroy();
  else if (fault.kind === "stall" && fault.when === "headers") {
    request.socket.resume();
    stalled();
  } else if (fault.kind === "garble") {
    send(response, { ...visible(reply), body: `${half(text(reply))}\u0000}{"` }, now);
  } else if (fault.kind === "truncate" || fault.kind === "stall") {
    const whole = text(reply) || "{}";
    head(response, visible(reply), now, Buffer.byteLength(whole));
    response.write(half(whole), () => fault.kind === "stall" && stalled());
    if (fault.kind === "truncate") {
      // The half that was written has to leave before the connection goes.
      response.write("", () => request.socket.destroy());
    }
  } else send(response, reply, now);
}

/** A status that has no body would hide what is wrong with the body. */
function visible(reply: SandboxReply): SandboxReply {
  return reply.status === 204 || reply.status === 304 ? { ...reply, status: 200 } : reply;
}

function half(body: string): string {
  return body.slice(0, Math.max(1, Math.floor(body.length / 2))) || "{";
}

function head(response: ServerResponse, reply: SandboxReply, now: number, length: number): void {
  const bodiless = reply.status === 204 || reply.status === 304;
  response.writeHead(reply.status, {
    date: new Date(now).toUTCString(),
    ...(bodiless
      ? {}
      : { "content-type": "application/json; charset=utf-8", "content-length": length }),
    ...reply.headers,
  });
}
