import type { Logger, LogLevel, WebClient, WebClientOptions } from "@slack/web-api";
import { fail, TestxError } from "../../core/failure.ts";
import type { FetchInit } from "../../core/http.ts";
import type { Call, ConnectDeps } from "../../core/provider.ts";
import type { Api, Method } from "./api.ts";
import { classify } from "./classify.ts";
import { isReached } from "./wire.ts";

/** Never print or inspect one: the SDK's client shows its token. */
export interface SlackClient {
  readonly web: WebClient;
  /** `acme` of https://acme.slack.com, when the sequence insists on a workspace. */
  readonly workspace: string | undefined;
  /** Who the token is; asked once, since it never changes for a token. */
  identity: Promise<Identity> | undefined;
  /** User ids by lower-case e-mail address, as far as known. */
  readonly people: Map<string, string>;
  /** Channels that could not be looked into because the bot was not a member yet. */
  readonly unseen: Set<string>;
}

export interface Identity {
  readonly userId: string;
  readonly user: string;
  readonly botId: string | undefined;
  readonly team: string;
  /** `https://acme.slack.com/` */
  readonly url: string;
  /** Left out where the service does not tell. */
  readonly scopes: readonly string[] | undefined;
}

type SlackFetch = NonNullable<WebClientOptions["fetch"]>;

const silent: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: () => "error" as LogLevel,
};

export async function connect(
  config: { workspace?: string | undefined },
  deps: ConnectDeps,
): Promise<SlackClient> {
  // Past the package's index, which also loads what only its other users need.
  const { WebClient: Client } = await import("@slack/web-api/dist/WebClient.js");
  const web = new Client(deps.secret("SLACK_BOT_TOKEN"), {
    slackApiUrl: deps.url,
    // Only uploads have a body that the gateway's fetch does not take.
    fetch: ((url, init) => deps.fetch(url, init as FetchInit)) as SlackFetch,
    logger: silent,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    // The gateway limits; a call that waits in the SDK's queue would lose its async context.
    maxRequestConcurrency: Number.POSITIVE_INFINITY,
  });
  return {
    web,
    workspace: config.workspace,
    identity: undefined,
    people: new Map(),
    unseen: new Set(),
  };
}

/**
 * Calls a method of the Web API.
 * @throws TestxError for whatever went wrong, with Slack's own word in `details.error`
 */
export async function ask<M extends Method>(
  client: SlackClient,
  call: Pick<Call, "signal">,
  method: M,
  args: Api[M][0],
): Promise<Api[M][1]> {
  if (call.signal.aborted) fail("RUN_INTERRUPTED", `interrupted before ${method}`);
  try {
    return (await client.web.apiCall(method, args as Record<string, unknown>)) as Api[M][1];
  } catch (error) {
    throw new TestxError(classify(error, method));
  }
}

/** Slack's own word for a refusal: `name_taken`. */
export function refusal(error: unknown): string | undefined {
  const word = error instanceof TestxError ? error.failure.details?.error : undefined;
  return typeof word === "string" ? word : undefined;
}

/** Like `ask`; `undefined` when Slack refuses because what is asked for is so already. */
export async function achieve<M extends Method>(
  client: SlackClient,
  call: Pick<Call, "signal">,
  method: M,
  args: Api[M][0],
): Promise<Api[M][1] | undefined> {
  try {
    return await ask(client, call, method, args);
  } catch (error) {
    if (isReached(method, refusal(error) ?? "")) return undefined;
    throw error;
  }
}

/** Like `ask`; `undefined` when Slack says with one of `words` that there is no such thing. */
export async function find<M extends Method>(
  client: SlackClient,
  call: Pick<Call, "signal">,
  method: M,
  args: Api[M][0],
  words: readonly string[],
): Promise<Api[M][1] | undefined> {
  try {
    return await ask(client, call, method, args);
  } catch (error) {
    if (words.includes(refusal(error) ?? "")) return undefined;
    throw error;
  }
}

type Paged =
  | "conversations.history"
  | "conversations.list"
  | "conversations.members"
  | "users.list";

/** The largest page Slack gives. */
const pageSize = 999;
/** More than any list has that testx reads to its end. */
const mostPages = 1000;

/** Every page of a list, one after the other. */
export async function* pages<M extends Paged>(
  client: SlackClient,
  call: Pick<Call, "signal">,
  method: M,
  args: Api[M][0],
): AsyncGenerator<Api[M][1]> {
  const seen = new Set<string>();
  let cursor = "";
  do {
    const at = cursor === "" ? { limit: pageSize } : { limit: pageSize, cursor };
    const page = await ask(client, call, method, { ...args, ...at } as Api[M][0]);
    yield page;
    cursor = page.response_metadata?.next_cursor ?? "";
    if (seen.has(cursor)) {
      fail("SLACK_GARBLED", `Slack gave the same page of ${method} twice.`, { transient: true });
    }
    if (seen.size >= mostPages) fail("SLACK_GARBLED", `Slack's list of ${method} does not end.`);
    if (cursor !== "") seen.add(cursor);
  } while (cursor !== "");
}

/** As whom testx is authenticated. */
export function identify(client: SlackClient, call: Pick<Call, "signal">): Promise<Identity> {
  client.identity ??= load(client, call).catch((error: unknown) => {
    client.identity = undefined;
    throw error;
  });
  return client.identity;
}

async function load(client: SlackClient, call: Pick<Call, "signal">): Promise<Identity> {
  const reply = await ask(client, call, "auth.test", {});
  const url = reply.url ?? "https://slack.com/";
  return {
    userId: reply.user_id ?? "",
    user: reply.user ?? "",
    botId: reply.bot_id,
    team: reply.team ?? "",
    url: url.endsWith("/") ? url : `${url}/`,
    scopes: reply.response_metadata?.scopes,
  };
}

/**
 * Where what a receipt tells of is not to be seen: whether it was made where the token leads to.
 * @throws TestxError SLACK_WRONG_WORKSPACE
 */
export async function sameWorkspace(client: SlackClient, call: Call): Promise<void> {
  const made = call.receipt?.url;
  if (!call.compares || typeof made !== "string") return;
  const { url } = await identify(client, call);
  const [there, here] = [URL.parse(made)?.host, URL.parse(url)?.host];
  if (there === here) return;
  fail(
    "SLACK_WRONG_WORKSPACE",
    `The Slack token is for ${here}, and what testx has set up is in ${there}.`,
    { details: { url, workspace: String(there) } },
  );
}

/** `https://acme.slack.com/archives/C…`; asks Slack only when the receipt does not tell. */
export async function archiveUrl(
  client: SlackClient,
  call: Pick<Call, "signal" | "receipt">,
  channel: string,
): Promise<string> {
  const known = call.receipt?.url;
  const end = typeof known === "string" ? known.indexOf("/archives/") : -1;
  const base =
    typeof known === "string" && end > 0
      ? known.slice(0, end + 1)
      : (await identify(client, call)).url;
  return `${base}archives/${channel}`;
}
