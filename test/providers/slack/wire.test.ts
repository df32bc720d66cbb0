import { expect, it } from "vitest";
import type { ReplyHeaders, WireRequest } from "../../../src/core/http.ts";
import { unreadable, verdictOf } from "../../../src/core/verdict.ts";
import { wire } from "../../../src/providers/slack/wire.ts";

function request(method: string): WireRequest {
  return { method: "POST", url: new URL(`https://slack.com/api/${method}`), body: "" };
}

it.each([
  ["auth.test", false, true],
  ["conversations.list", false, true],
  ["conversations.history", false, true],
  ["conversations.create", true, false],
  ["chat.postMessage", true, false],
  ["bookmarks.add", true, false],
  ["chat.update", true, true],
  ["conversations.invite", true, true],
  ["conversations.archive", true, true],
  ["method.of.tomorrow", true, false],
])("%s: write %s, repeatable %s", (method, write, idempotent) => {
  expect(wire.describe(request(method))).toEqual({ name: method, write, idempotent });
});

const now = () => 0;
const headers = new Headers() as unknown as ReplyHeaders;

it.each([
  ["chat.postMessage", '{"ok":true,"ts":"1"}', { outcome: "applied", transient: false }],
  ["chat.postMessage", ' {"ts":"1","ok":true}', { outcome: "applied", transient: false }],
  ["chat.postMessage", '{"ok":true,"ts":', { outcome: "unknown", reason: unreadable }],
  ["chat.postMessage", '{"ts":"1"}', { outcome: "unknown", reason: unreadable }],
  ["chat.postMessage", '{"ok":"true"}', { outcome: "unknown", reason: unreadable }],
  ["chat.postMessage", "[true]", { outcome: "unknown", reason: unreadable }],
  ["chat.postMessage", "", { outcome: "unknown", reason: unreadable }],
  ["chat.postMessage", '{"ok":false,"error":"internal_error"}', { outcome: "unknown" }],
  [
    "chat.postMessage",
    '{"ok":false,"error":"service_unavailable"}',
    { outcome: "not-applied", transient: true, reason: "service_unavailable" },
  ],
  [
    "chat.postMessage",
    '{"ok":false,"error":"no_text"}',
    { outcome: "not-applied", transient: false, reason: "no_text" },
  ],
  ["chat.postMessage", '{"ok":false}', { outcome: "not-applied", transient: false }],
  // Sent again after a lost reply: the first one did it.
  ["conversations.archive", '{"ok":false,"error":"already_archived"}', { outcome: "applied" }],
  ["conversations.invite", '{"ok":false,"error":"already_in_channel"}', { outcome: "applied" }],
  ["pins.remove", '{"ok":false,"error":"no_pin"}', { outcome: "applied" }],
  ["chat.delete", '{"ok":false,"error":"message_not_found"}', { outcome: "applied" }],
  ["chat.update", '{"ok":false,"error":"message_not_found"}', { outcome: "not-applied" }],
])("%s answering %s", (method, text, expected) => {
  const verdict = verdictOf(wire, request(method), { status: 200, headers, text }, now);
  expect(verdict).toMatchObject(expected);
});

it("leaves other statuses to the general rule, with Slack's Retry-After in seconds", () => {
  const limited = { status: 429, headers: new Headers({ "retry-after": "30" }) as never, text: "" };
  expect(verdictOf(wire, request("chat.update"), limited, now)).toMatchObject({
    outcome: "not-applied",
    transient: true,
    retryAfterMs: 30_000,
  });
  const broken = { status: 500, headers, text: "" };
  expect(verdictOf(wire, request("chat.update"), broken, now)).toMatchObject({
    outcome: "unknown",
  });
});
