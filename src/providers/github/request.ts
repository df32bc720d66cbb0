import type { Endpoints } from "@octokit/types";
import { fail, TestxError } from "../../core/failure.ts";
import type { Call } from "../../core/provider.ts";
import type { Client } from "./client.ts";
import { classify, failureOfReply } from "./failures.ts";
import { isWhole, type Route } from "./replies.ts";

export type Parameters<R extends Route> = Omit<
  Endpoints[R]["parameters"],
  "baseUrl" | "headers" | "mediaType"
>;
export type Data<R extends Route> = Endpoints[R]["response"]["data"];

interface Raw {
  readonly status: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

/** More pages than any list that testx reads can have. */
const maxPages = 1000;

async function exchange(
  client: Client,
  call: Call,
  route: Route,
  parameters: object,
): Promise<Raw> {
  let reply: Raw;
  try {
    const send = client.request as unknown as (route: string, parameters: object) => Promise<Raw>;
    reply = await send(route, { ...parameters, request: { signal: call.signal } });
  } catch (error) {
    // Without its cause: the SDK's errors hold the request, and that may hold a secret.
    throw new TestxError(classify(error));
  }
  noteScopes(client, reply);
  // Octokit takes a redirect and a reply cut in the middle for success.
  if (reply.status >= 300) throw new TestxError(failureOfReply(route, reply));
  if (!isWhole(route, reply.status, reply.data)) unreadable(route, reply.status);
  return reply;
}

function noteScopes(client: Client, { headers }: Raw): void {
  const scopes = headers["x-oauth-scopes"];
  if (typeof scopes !== "string") return;
  client.seen.scopes = scopes
    .split(",")
    .map((scope) => scope.trim())
    .filter((scope) => scope !== "");
}

function unreadable(route: Route, status: number): never {
  return fail("GITHUB_UNREADABLE", `GitHub's reply to ${route} could not be read.`, {
    outcome: "unknown",
    transient: true,
    status,
  });
}

/** One call through the SDK; gives the reply's data. @throws TestxError GITHUB_… */
export async function send<R extends Route>(
  client: Client,
  call: Call,
  route: R,
  parameters: Parameters<R>,
): Promise<Data<R>> {
  return (await exchange(client, call, route, parameters)).data as Data<R>;
}

/** As `send`; `undefined` when GitHub says that it is not there. */
export async function find<R extends Route>(
  client: Client,
  call: Call,
  route: R,
  parameters: Parameters<R>,
): Promise<Data<R> | undefined> {
  return absentIfMissing(send(client, call, route, parameters));
}

export async function absentIfMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** What GitHub answered; nothing of what came in its place, whatever status that had. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof TestxError) || error.failure.code === "GATEWAY_UNREADABLE")
    return undefined;
  return error.failure.status;
}

/**
 * All pages of a list. `items` takes the entries out of one page's data. Of the link to the
 * next page only the query is used: the rest of it could lead the token elsewhere.
 */
export async function list<R extends Route, T>(
  client: Client,
  call: Call,
  route: R,
  parameters: Parameters<R>,
  items: (data: Data<R>) => readonly T[],
): Promise<T[]> {
  const all: T[] = [];
  let query: Record<string, string> = {};
  for (let page = 1; page <= maxPages; page++) {
    const reply = await exchange(client, call, route, { ...parameters, ...query });
    const found = items(reply.data as Data<R>);
    if (!Array.isArray(found)) unreadable(route, reply.status);
    all.push(...found);
    const next =
      nextQuery(reply) ?? (found.length > 0 ? beyond(reply.data, all.length, page) : undefined);
    if (next === undefined) return all;
    query = next;
  }
  return fail("GITHUB_UNREADABLE", `GitHub's list for ${route} does not end.`);
}

function nextQuery(reply: Raw): Record<string, string> | undefined {
  const link = String(reply.headers.link ?? "");
  const url = /<([^<>]+)>\s*;[^,]*\brel="?next"?/.exec(link)?.[1];
  if (url === undefined) return undefined;
  return Object.fromEntries(new URL(url, reply.url || "http://localhost").searchParams);
}

/** For servers that count the entries of a list but do not link its pages. */
function beyond(data: unknown, seen: number, page: number): Record<string, string> | undefined {
  const total = (data as { total_count?: unknown }).total_count;
  return typeof total === "number" && total > seen ? { page: String(page + 1) } : undefined;
}
