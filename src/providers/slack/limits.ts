import type { Charge } from "../../core/forecast.ts";
import type { Operation, WireRequest } from "../../core/http.ts";
import type { ProviderLimit } from "../../core/provider.ts";

/** Calls a minute by tier: https://docs.slack.dev/apis/web-api/rate-limits */
type Tier = 20 | 50 | 100;
const minute = 60_000;

/** The methods that testx calls, with those that are not of tier 2. */
const tiers: Readonly<Record<string, Tier>> = {
  "api.test": 100,
  // "special": hundreds of calls a minute
  "auth.test": 100,
  "bookmarks.list": 50,
  "bots.info": 50,
  "chat.delete": 50,
  "chat.getPermalink": 100,
  "chat.update": 50,
  "conversations.history": 50,
  "conversations.info": 50,
  "conversations.invite": 50,
  "conversations.join": 50,
  "conversations.kick": 50,
  "conversations.leave": 50,
  "conversations.members": 100,
  "conversations.replies": 50,
  "team.info": 50,
  "users.conversations": 50,
  "users.info": 100,
  "users.lookupByEmail": 50,
};

const posting = "chat.postMessage";
/** "About one message per second" for each channel. */
const messagesAMinute = 60;

function tierOf(method: string): Tier {
  return Object.hasOwn(tiers, method) ? (tiers[method] as Tier) : 20;
}

function tier(number: number, requests: Tier, burst: number): ProviderLimit {
  return {
    ...{ id: `tier ${number}`, requests, perMs: minute, burst, apart: true },
    cost: ({ name }) => (name !== posting && tierOf(name) === requests ? 1 : 0),
    per: ({ name }) => name,
  };
}

/**
 * Bursts are small enough for what drains to serve as many writes as may be under way within the
 * time that a call has.
 */
export const limits: readonly ProviderLimit[] = [
  { id: "requests", requests: 100, perMs: minute, burst: 50 },
  tier(2, 20, 8),
  tier(3, 50, 20),
  tier(4, 100, 50),
  {
    ...{ id: "messages", requests: messagesAMinute, perMs: minute, burst: 5, apart: true },
    cost: ({ name }) => (name === posting ? 1 : 0),
    per: (_, request) => channelOf(request),
  },
];

/** What a call costs of its own method's limit. */
export function charges({ name }: Pick<Operation, "name">): readonly Charge[] {
  const limit = name === posting ? messagesAMinute : tierOf(name);
  return [{ budget: name, amount: 1, limit, windowMs: minute }];
}

/** Slack's SDK sends forms; other programs JSON. */
function channelOf({ body = "" }: WireRequest): string {
  const named = /^\s*\{/.test(body)
    ? /"channel"\s*:\s*"([^"]*)"/.exec(body)?.[1]
    : new URLSearchParams(body).get("channel");
  return named ?? "";
}
