import type {
  Cacheable,
  JudgedReply,
  Operation,
  Verdict,
  Wire,
  WireRequest,
} from "../../core/http.ts";
import { isObject } from "../../core/json.ts";
import { unreadable } from "../../core/verdict.ts";

const reads: ReadonlySet<string> = new Set([
  "api.test",
  "auth.test",
  "bookmarks.list",
  "bots.info",
  "chat.getPermalink",
  "conversations.history",
  "conversations.info",
  "conversations.list",
  "conversations.members",
  "conversations.replies",
  "pins.list",
  "team.info",
  "users.conversations",
  "users.info",
  "users.list",
  "users.lookupByEmail",
]);

/** They set something to a value: once more changes nothing more. */
const repeatable: ReadonlySet<string> = new Set([
  "bookmarks.edit",
  "bookmarks.remove",
  "chat.delete",
  "chat.update",
  "conversations.archive",
  "conversations.invite",
  "conversations.join",
  "conversations.kick",
  "conversations.leave",
  "conversations.rename",
  "conversations.setPurpose",
  "conversations.setTopic",
  "conversations.unarchive",
  "pins.add",
  "pins.remove",
]);

/** Slack did not act, and may a little later. https://docs.slack.dev/reference/methods */
const later: ReadonlySet<string> = new Set([
  "rate_limited",
  "ratelimited",
  "request_timeout",
  "service_unavailable",
  "team_added_to_org",
]);

/** "It's possible some aspect of the operation succeeded before the error was raised." */
const ambiguous: ReadonlySet<string> = new Set(["fatal_error", "internal_error"]);

/** It is about the token itself: another one may do. */
const ofToken: ReadonlySet<string> = new Set([
  "account_inactive",
  "invalid_auth",
  "not_authed",
  "token_expired",
  "token_revoked",
]);

/** What Slack's word for a refusal says about the outcome. */
export function verdictOn(word: string): Verdict {
  if (ambiguous.has(word)) return { outcome: "unknown", transient: true, reason: word };
  if (ofToken.has(word)) {
    return { outcome: "not-applied", transient: false, reason: word, credential: true };
  }
  return { outcome: "not-applied", transient: later.has(word), reason: word };
}

/** Refusals that say the purpose of a call is reached already, whoever reached it. */
const reached: Readonly<Record<string, readonly string[]>> = {
  "bookmarks.remove": ["bookmark_not_found", "not_found"],
  "chat.delete": ["message_not_found"],
  "conversations.archive": ["already_archived"],
  "conversations.invite": ["already_in_channel"],
  "conversations.join": ["already_in_channel"],
  "conversations.unarchive": ["not_archived"],
  "pins.add": ["already_pinned"],
  "pins.remove": ["no_pin", "not_pinned"],
};

export function isReached(method: string, word: string): boolean {
  return reached[method]?.includes(word) === true;
}

const halfAnHour = 30 * 60_000;
const users: Cacheable = { kind: "users", ttlMs: halfAnHour, lookup: true };
const channels: Cacheable = { kind: "channels", ttlMs: halfAnHour };
const messages: Cacheable = { kind: "messages", ttlMs: 5 * 60_000 };

/**
 * Slack gives no ETags, so what is not a lookup serves only while Slack cannot be asked. Of channels
 * testx asks in order to create or adopt them, and members it compares: neither is a lookup. What
 * the token may do is always asked (`auth.test`).
 */
const kept: ReadonlyMap<string, Cacheable> = new Map([
  ["bookmarks.list", { kind: "bookmarks", ttlMs: halfAnHour }],
  ["conversations.history", messages],
  ["conversations.info", channels],
  ["conversations.list", channels],
  ["conversations.members", channels],
  ["conversations.replies", messages],
  ["pins.list", messages],
  ["users.info", users],
  ["users.list", users],
  ["users.lookupByEmail", users],
]);

function methodOf(request: WireRequest): string {
  return decodeURIComponent(request.url.pathname.split("/").pop() ?? "");
}

function describe(request: WireRequest): Operation {
  const name = methodOf(request);
  const write = !reads.has(name);
  return { name, write, idempotent: !write || repeatable.has(name) };
}

export function judge(request: WireRequest, reply: JudgedReply): Verdict | undefined {
  if (reply.status < 200 || reply.status > 299) return undefined;
  // Long lists need not be parsed once more only to see how they begin.
  if (/^\s*\{\s*"ok"\s*:\s*true\b/.test(reply.text)) return applied;
  const body = parse(reply.text);
  if (!isObject(body) || typeof body.ok !== "boolean") {
    return { outcome: "unknown", transient: true, reason: unreadable };
  }
  if (body.ok) return applied;
  const word = typeof body.error === "string" ? body.error : "unknown_error";
  return isReached(methodOf(request), word) ? { ...applied, reason: word } : verdictOn(word);
}

const applied: Verdict = { outcome: "applied", transient: false };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** All of Slack's calls are POST, and refusals come with status 200. */
export const wire: Wire = {
  describe,
  judge,
  cacheable: (request) => kept.get(methodOf(request)),
};
