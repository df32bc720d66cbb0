import { fail } from "../core/failure.ts";
import type { Answer, Asked, Exchange, Forecast, Stage } from "../core/forecast.ts";
import type { Fetch, FetchInit, Reply, Wire, WireRequest } from "../core/http.ts";
import type { Json } from "../core/json.ts";
import { BufferedReply, RecordHeaders } from "../core/reply.ts";

/** What the services have answered to reads, so that asking again costs nothing. */
export type Memory = Map<string, { readonly reply: Reply; readonly text: string }>;

/** A transport that remembers the answers to reads. */
export function remembering(transport: Fetch, wire: Wire, memory: Memory): Fetch {
  return async (url, init) => {
    const reply = await transport(url, init);
    const request = requestOf(url, init);
    if (!wire.describe(request).write) {
      memory.set(keyOf(request), { reply, text: await reply.clone().text() });
    }
    return reply;
  };
}

export interface Rehearsal {
  readonly wire: Wire;
  /** Base URL of the API: what a call's path is told without. */
  readonly base: string;
  readonly memory: Memory;
  /** Left out: the provider does not say what its service would answer. */
  readonly forecast: Forecast | undefined;
  readonly stage: Stage & { readonly past: Exchange[] };
  /** Told of every write, which is as far as it goes. */
  wrote(asked: Asked): void;
}

/**
 * A transport that no write passes: the provider's forecast answers it, and whatever is asked
 * about things that are yet to be made. Other reads are answered from memory or by the service.
 * Throws TestxError CALLS_NOT_PREDICTED when nobody can say what the answer would be.
 */
export function rehearsing(transport: Fetch, rehearsal: Rehearsal): Fetch {
  const { wire, base, memory, forecast, stage } = rehearsal;
  return async (url, init) => {
    const request = requestOf(url, init);
    const operation = wire.describe(request);
    const asked: Asked = {
      operation,
      method: request.method,
      path: pathBehind(request.url, base),
      query: Object.fromEntries(request.url.searchParams),
      body: bodyOf(request.body),
    };
    const told = (answer: Answer): Reply => {
      stage.past.push({ asked, answer });
      return replyOf(answer, String(url));
    };
    if (operation.write) rehearsal.wrote(asked);
    const echoed = forecast?.echo(asked, stage);
    if (echoed !== undefined) return told(echoed);
    if (operation.write || stage.isUnknown(`${request.url.href} ${request.body ?? ""}`)) {
      fail("CALLS_NOT_PREDICTED", `what ${operation.name} would be answered is not known`);
    }
    const { reply, text } = memory.get(keyOf(request)) ?? (await read(transport, url, init));
    memory.set(keyOf(request), { reply, text });
    const answer: Answer = { status: reply.status, body: parse(text) ?? text };
    const amended = forecast?.amend?.(asked, answer, stage);
    if (amended !== undefined && amended !== answer) return told(amended);
    stage.past.push({ asked, answer });
    return reply;
  };
}

async function read(transport: Fetch, url: string | URL, init: FetchInit | undefined) {
  const reply = await transport(url, init);
  return { reply, text: await reply.clone().text() };
}

function requestOf(url: string | URL, init: FetchInit | undefined): WireRequest {
  const body = init?.body;
  const text =
    typeof body === "string" ? body : body instanceof URLSearchParams ? String(body) : undefined;
  return { method: init?.method?.toUpperCase() ?? "GET", url: new URL(url), body: text };
}

function keyOf({ method, url, body = "" }: WireRequest): string {
  return `${method} ${url.href} ${body}`;
}

function pathBehind({ origin, pathname }: URL, base: string): string {
  if (base === "") return `${origin}${pathname}`;
  const prefix = new URL(base).pathname.replace(/\/+$/, "");
  return pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname;
}

/** JSON; a form as an object, each of its values that are JSON lists or objects parsed. */
export function bodyOf(text: string | undefined): Json | undefined {
  if (text === undefined || text === "") return undefined;
  const json = parse(text);
  if (json !== undefined) return json;
  if (!/^[^=\s]+=/.test(text)) return text;
  return Object.fromEntries(
    Array.from(new URLSearchParams(text), ([key, value]) => [key, parse(value) ?? value]),
  );
}

/** JSON that is a list or an object; `undefined` for any other text. */
function parse(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function replyOf({ status, body }: Answer, url: string): Reply {
  const headers = new RecordHeaders(
    body === undefined ? {} : { "content-type": "application/json; charset=utf-8" },
  );
  return new BufferedReply({
    ...{ status, url, headers },
    body: body === undefined ? "" : JSON.stringify(body),
  });
}
