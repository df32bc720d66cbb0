import type { Answer } from "../core/answer.ts";
import type { Cacheable, Reply } from "../core/http.ts";
import { BufferedReply, RecordHeaders } from "../core/reply.ts";
import type { GatewayCall } from "./call.ts";

/** About the connection, the moment or the person: they are not the answer's. */
const passing =
  /^(?:set-cookie2?|www-authenticate|connection|keep-alive|transfer-encoding|content-encoding|content-length|date|age|retry-after|x-request-id|x-github-request-id|x-(?:accepted-)?oauth-.*|x-slack-req-id|x-ratelimit-.*)$/;

/** A reply as it is kept; `undefined`: it is not to be. */
export async function answerTo(
  call: GatewayCall,
  reply: Reply,
  about: Cacheable,
  askedAt: number,
): Promise<Answer | undefined> {
  if (reply.status !== 200) return undefined;
  if (/\bno-store\b/i.test(reply.headers.get("cache-control") ?? "")) return undefined;
  if (reply.headers.get("vary")?.trim() === "*") return undefined;
  const body = await textOf(reply);
  if (about.keep?.({ status: reply.status, headers: reply.headers, text: body }) === false) {
    return undefined;
  }
  return {
    format: 1,
    integration: call.integration,
    operation: call.operation.name,
    kind: about.kind,
    path: call.request.url.pathname,
    askedAt,
    ttlMs: about.ttlMs,
    url: reply.url,
    status: reply.status,
    headers: lasting(reply),
    body,
  };
}

/** RFC 9111, 4.3.4: what a 304 says of headers is newer than what was kept. */
export function confirmed(answer: Answer, reply: Reply, askedAt: number): Answer {
  return { ...answer, askedAt, headers: { ...answer.headers, ...lasting(reply) } };
}

export function replyWith({ status, url, headers, body }: Answer): Reply {
  return new BufferedReply({ status, url, headers: new RecordHeaders(headers), body });
}

/** RFC 9110, 8.8.3.2: a proxy that compresses makes a strong tag a weak one. */
export function sameTag(a: string, b: string): boolean {
  return a.replace(/^W\//, "") === b.replace(/^W\//, "");
}

function lasting({ headers }: Reply): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of headers) {
    const known = name.toLowerCase();
    if (!passing.test(known)) kept[known] = value;
  }
  return kept;
}

async function textOf(reply: Reply): Promise<string> {
  return reply instanceof BufferedReply ? reply.peek() : reply.clone().text();
}
