import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { type RunningSandbox, startSandbox } from "../../src/sandbox/server.ts";
import { slack } from "../../src/sandbox/slack/service.ts";
import { adminToken, botToken } from "../../src/sandbox/slack/state.ts";

let sandbox: RunningSandbox | undefined;
afterEach(async () => sandbox?.close());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

async function open(seed: JsonObject = {}, now?: () => number) {
  sandbox = await startSandbox({
    services: [slack],
    seed: { slack: seed },
    ...(now ? { now } : {}),
  });
  const base = sandbox.environment.SLACK_API_URL;
  const send = async (method: string, init: RequestInit): Promise<Answer> => {
    const reply = await fetch(`${base}${method}`, { method: "POST", ...init });
    const { status, headers } = reply;
    return { status, headers, body: (await reply.json()) as JsonObject };
  };
  const call = (method: string, args: JsonObject = {}, token = botToken) =>
    send(method, {
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json; charset=utf-8",
      },
      body: JSON.stringify(args),
    });
  const channel = async (name = "dev"): Promise<string> => {
    const { body } = await call("conversations.create", { name });
    return (body.channel as JsonObject).id as string;
  };
  return { send, call, channel };
}

const word = ({ body }: Answer) => (body.ok === true ? "ok" : body.error);

describe("tokens and scopes", () => {
  it("tells the ways a token can be wrong apart", async () => {
    const { call, send } = await open({
      tokens: {
        "xoxb-old": { user: "U0TESTX", scopes: [], status: "expired" },
        "xoxb-gone": { user: "U0TESTX", scopes: [], status: "revoked" },
      },
    });
    expect(word(await send("auth.test", {}))).toBe("not_authed");
    expect(word(await call("auth.test", {}, "xoxb-else"))).toBe("invalid_auth");
    expect(word(await call("auth.test", {}, "xoxb-old"))).toBe("token_expired");
    expect(word(await call("auth.test", {}, "xoxb-gone"))).toBe("token_revoked");
    expect(word(await send("auth.test", { body: new URLSearchParams({ token: botToken }) }))).toBe(
      "ok",
    );
  });

  it("refuses without the scope, and tells all about scopes in the headers", async () => {
    const { call } = await open({
      tokens: { "xoxb-poor": { user: "U0TESTX", scopes: ["channels:read"], status: "active" } },
    });
    const refused = await call("conversations.create", { name: "dev" }, "xoxb-poor");
    expect(refused.body).toEqual({
      ok: false,
      error: "missing_scope",
      needed: "channels:manage",
      provided: "channels:read",
    });
    expect(refused.headers.get("x-oauth-scopes")).toBe("channels:read");
    expect(refused.headers.get("x-accepted-oauth-scopes")).toBe("channels:manage,channels:write");
    const hidden = { name: "dev", is_private: true };
    expect((await call("conversations.create", hidden, "xoxb-poor")).body.needed).toBe(
      "groups:write",
    );
    const both = { types: "public_channel,private_channel" };
    expect((await call("conversations.list", both, "xoxb-poor")).body.needed).toBe("groups:read");
    expect(word(await call("conversations.list", {}, "xoxb-poor"))).toBe("ok");
  });
});

describe("arguments", () => {
  it("come as a form, as JSON or in the query", async () => {
    const { call, send } = await open();
    const headers = { authorization: `Bearer ${botToken}` };
    const form = new URLSearchParams({ name: "one", is_private: "true" });
    const made = await send("conversations.create", { headers, body: form });
    expect(made.body.channel).toMatchObject({ name: "one", is_private: true });
    const json = await call("conversations.create", { name: "two", is_private: false });
    expect(json.body.channel).toMatchObject({ name: "two", is_private: false });
    const asked = await send("users.info?user=U0MIRA", { method: "GET", headers });
    expect(asked.body.user).toMatchObject({ real_name: "Mira Falk" });
  });

  it.each([
    ["conversations.create", { name: "dev", colour: "red" }, "invalid_arguments"],
    ["conversations.create", { name: "dev", is_private: "perhaps" }, "invalid_arguments"],
    ["conversations.create", { name: 5 }, "invalid_arguments"],
    ["conversations.create", {}, "invalid_name_required"],
    ["conversations.create", { name: "Dev" }, "invalid_name_specials"],
    ["conversations.create", { name: "de v" }, "invalid_name_specials"],
    ["conversations.create", { name: "--" }, "invalid_name_punctuation"],
    ["conversations.create", { name: "d".repeat(81) }, "invalid_name_maxlength"],
    ["conversations.create", { name: "general" }, "name_taken"],
    ["conversations.list", { limit: "many" }, "invalid_arguments"],
    ["conversations.list", { limit: 5000 }, "invalid_limit"],
    ["conversations.list", { cursor: "no" }, "invalid_cursor"],
    ["conversations.list", { types: "secret_channel" }, "invalid_types"],
    ["conversations.info", { channel: "C9" }, "channel_not_found"],
    ["conversations.setTopic", { channel: "C0GENERAL" }, "invalid_arguments"],
    ["conversations.setTopic", { channel: "C0GENERAL", topic: "x" }, "not_in_channel"],
    ["conversations.archive", { channel: "C0GENERAL" }, "cant_archive_general"],
    ["chat.postMessage", { channel: "C0GENERAL", text: "x" }, "not_in_channel"],
    ["chat.postMessage", { text: "x" }, "channel_not_found"],
    ["chat.update", { channel: "C0GENERAL", text: "x" }, "message_not_found"],
    ["pins.add", { channel: "C0GENERAL" }, "no_item_specified"],
    ["bookmarks.add", { channel_id: "C0GENERAL", type: "link" }, "invalid_arguments"],
    ["users.lookupByEmail", { email: "who@example.com" }, "users_not_found"],
    ["chat.sing", {}, "unknown_method"],
  ])("%s %j is refused with %s", async (method, args, expected) => {
    const { call } = await open();
    expect(word(await call(method, args as unknown as JsonObject))).toBe(expected);
  });

  it("refuses bodies that are none", async () => {
    const { send } = await open();
    const headers = { authorization: `Bearer ${botToken}` };
    const json = { ...headers, "content-type": "application/json" };
    expect(word(await send("auth.test", { headers: json, body: "{" }))).toBe("invalid_json");
    expect(word(await send("auth.test", { headers: json, body: "[]" }))).toBe("json_not_object");
    const xml = { ...headers, "content-type": "text/xml" };
    expect(word(await send("auth.test", { headers: xml, body: "<a/>" }))).toBe("invalid_post_type");
  });
});

describe("behaviour", () => {
  it("pages through every list, each thing once", async () => {
    const { call, channel } = await open();
    const id = await channel("dev");
    for (const name of ["one", "two", "three"]) await channel(name);
    await call("conversations.invite", { channel: id, users: "U0MIRA,U0JONAS,U0PRIYA" });
    for (const text of ["a", "b", "c"]) await call("chat.postMessage", { channel: id, text });
    const lists: [string, string, JsonObject][] = [
      ["conversations.list", "channels", {}],
      ["conversations.members", "members", { channel: id }],
      ["conversations.history", "messages", { channel: id }],
      ["users.list", "members", {}],
    ];
    for (const [method, field, args] of lists) {
      const whole = (await call(method, args)).body[field] as JsonObject[];
      const paged: unknown[] = [];
      let cursor = "";
      do {
        const { body } = await call(method, { ...args, limit: 2, ...(cursor ? { cursor } : {}) });
        const page = body[field] as JsonObject[];
        expect(page.length).toBeLessThanOrEqual(2);
        paged.push(...page);
        cursor = (body.response_metadata as JsonObject).next_cursor as string;
      } while (cursor !== "");
      expect(whole.length).toBeGreaterThan(3);
      expect(paged).toEqual(whole);
    }
  });

  it("keeps the names of archived channels, and refuses everything in them", async () => {
    const { call, channel } = await open();
    const id = await channel("dev");
    expect(word(await call("conversations.archive", { channel: id }))).toBe("ok");
    expect(word(await call("conversations.create", { name: "dev" }))).toBe("name_taken");
    expect(word(await call("conversations.archive", { channel: id }))).toBe("already_archived");
    expect(word(await call("conversations.rename", { channel: id, name: "x" }))).toBe(
      "is_archived",
    );
    expect(word(await call("chat.postMessage", { channel: id, text: "x" }))).toBe("is_archived");
    expect(word(await call("conversations.unarchive", { channel: id }))).toBe("not_in_channel");
    const listed = (await call("conversations.list", { exclude_archived: true })).body.channels;
    expect((listed as JsonObject[]).map(({ name }) => name)).toEqual(["general"]);
  });

  it("keeps text in Slack's form", async () => {
    const { call, channel } = await open();
    const id = await channel();
    const text = "a & b <c> &amp; https://example.com/?a=b&c. <https://x.example|y> 🚀";
    const { body } = await call("chat.postMessage", { channel: id, text });
    expect((body.message as JsonObject).text).toBe(
      "a &amp; b &lt;c&gt; &amp; <https://example.com/?a=b&amp;c>. <https://x.example|y> :rocket:",
    );
  });

  it("shows metadata only when asked for", async () => {
    const { call, channel } = await open();
    const id = await channel();
    const metadata = { event_type: "made", event_payload: { by: "test" } };
    await call("chat.postMessage", { channel: id, text: "x", metadata });
    const newest = async (args: JsonObject) =>
      (
        (await call("conversations.history", { channel: id, limit: 1, ...args })).body
          .messages as JsonObject[]
      )[0];
    expect(await newest({})).not.toHaveProperty("metadata");
    expect(await newest({ include_all_metadata: true })).toMatchObject({ metadata });
  });

  it("invites nobody when one of them cannot be, unless forced", async () => {
    const { call, channel } = await open();
    const id = await channel();
    await call("conversations.invite", { channel: id, users: "U0MIRA" });
    const users = "U0MIRA,U0PRIYA";
    const refused = await call("conversations.invite", { channel: id, users });
    expect(word(refused)).toBe("already_in_channel");
    const members = async () => (await call("conversations.members", { channel: id })).body.members;
    expect(await members()).toEqual(["U0TESTX", "U0MIRA"]);
    expect(word(await call("conversations.invite", { channel: id, users, force: true }))).toBe(
      "ok",
    );
    expect(await members()).toEqual(["U0TESTX", "U0MIRA", "U0PRIYA"]);
  });

  it("hides private channels from those who are not in them", async () => {
    const { call } = await open();
    const made = await call("conversations.create", { name: "own", is_private: true });
    const { id } = made.body.channel as { id: string };
    const types = { types: "private_channel" };
    const seen = async (token: string) =>
      ((await call("conversations.list", types, token)).body.channels as JsonObject[]).length;
    expect(await seen(botToken)).toBe(1);
    expect(await seen(adminToken)).toBe(0);
    expect(word(await call("conversations.info", { channel: id }, adminToken))).toBe(
      "channel_not_found",
    );
  });

  it("limits by the minute once that is switched on", async () => {
    let now = 1_800_000_000_000;
    const { call } = await open({ limits: { on: true, methods: { "auth.test": 2 } } }, () => now);
    expect(word(await call("auth.test"))).toBe("ok");
    expect(word(await call("auth.test"))).toBe("ok");
    now += 45_000;
    const limited = await call("auth.test");
    expect(limited.status).toBe(429);
    expect(limited.headers.get("retry-after")).toBe("15");
    expect(limited.body).toEqual({ ok: false, error: "ratelimited" });
    expect(word(await call("conversations.list"))).toBe("ok");
    now += 15_000;
    expect(word(await call("auth.test"))).toBe("ok");
  });

  it("gives equal accounts equal states, whatever has come and gone", async () => {
    const { call, channel } = await open();
    const before = sandbox!.state();
    const id = await channel("dev");
    await call("conversations.setTopic", { channel: id, topic: "T" });
    await call("conversations.join", { channel: "C0GENERAL" });
    const { body } = await call("chat.postMessage", { channel: "C0GENERAL", text: "x" });
    expect(sandbox!.state()).not.toBe(before);
    await call("chat.delete", { channel: "C0GENERAL", ts: body.ts! });
    await call("conversations.leave", { channel: "C0GENERAL" });
    await call("conversations.archive", { channel: id });
    expect(sandbox!.state()).toBe(before);
  });
});

/** Leaves out what Slack documents and the SDK's types do not know: pins, words of rich text. */
function asTyped(key: string, value: unknown): unknown {
  if (key === "pinned_to") return undefined;
  const { type } = (value ?? {}) as { type?: unknown };
  return type === "rich_text_section" ? { type } : value;
}

/** The SDK's type of a method's reply: `conversations.create` → `ConversationsCreateResponse`. */
function typeOf(method: string): string {
  const named = method.replace(/(^|\.)(.)/g, (_all, _dot, letter: string) => letter.toUpperCase());
  return `${named}Response`;
}

it("answers every method in the shape of the SDK's own types, with nothing besides", async () => {
  const { call, channel } = await open();
  const replies: [string, JsonObject][] = [];
  const keep = async (
    method: string,
    args: JsonObject = {},
    token = botToken,
  ): Promise<JsonObject> => {
    const { body } = await call(method, args, token);
    expect(body, method).toMatchObject({ ok: true });
    replies.push([method, body]);
    return body;
  };
  const id = await channel("dev");
  const at = { channel: id };
  await keep("api.test", { foo: "bar" });
  await keep("auth.test");
  await keep("team.info");
  await keep("users.list", { limit: 2 });
  await keep("users.info", { user: "U0MIRA" });
  await keep("users.lookupByEmail", { email: "priya@example.com" });
  await keep("conversations.create", { name: "more" });
  await keep("conversations.invite", { ...at, users: "U0MIRA" });
  await keep("conversations.kick", { ...at, user: "U0MIRA" });
  await keep("conversations.members", at);
  await keep("conversations.setTopic", { ...at, topic: "T" });
  await keep("conversations.setPurpose", { ...at, purpose: "P" });
  await keep("conversations.rename", { ...at, name: "devs" });
  await keep("conversations.info", at);
  await keep("conversations.list");
  await keep("conversations.join", { channel: "C0GENERAL" });
  await keep("conversations.join", { channel: "C0GENERAL" });
  await keep("conversations.leave", { channel: "C0GENERAL" });
  const blocks = [{ type: "section", text: { type: "mrkdwn", text: "b" } }];
  const metadata = { event_type: "made", event_payload: { by: "test" } };
  const { ts = "" } = await keep("chat.postMessage", { ...at, text: "x", blocks, metadata });
  await keep("chat.update", { ...at, ts, text: "y" });
  await keep("chat.getPermalink", { ...at, message_ts: ts });
  await keep("pins.add", { ...at, timestamp: ts });
  await keep("pins.list", at);
  await keep("conversations.history", { ...at, include_all_metadata: true });
  await keep("pins.remove", { ...at, timestamp: ts });
  await keep("chat.delete", { ...at, ts });
  const link = {
    channel_id: id,
    type: "link",
    title: "D",
    link: "https://example.com",
    emoji: ":books:",
  };
  const { bookmark } = await keep("bookmarks.add", link);
  const mark = { channel_id: id, bookmark_id: (bookmark as JsonObject).id! };
  await keep("bookmarks.edit", { ...mark, title: "E" });
  await keep("bookmarks.list", { channel_id: id });
  await keep("bookmarks.remove", mark);
  await keep("conversations.archive", at);
  await call("conversations.join", { channel: "C0GENERAL" });
  await keep("admin.conversations.delete", { channel_id: id }, adminToken);

  const names = [...new Set(replies.map(([method]) => typeOf(method)))];
  const lines = [
    `import type { ${names.join(", ")} } from "@slack/web-api";`,
    // Its types have enums where JSON has their values.
    "type Plain<T> = T extends string ? `${T}` : T extends (infer U)[] ? Plain<U>[]",
    "  : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;",
    ...replies.map(
      ([method, body], index) =>
        `export const r${index}: Plain<${typeOf(method)}> = ${JSON.stringify(body, asTyped)}; // ${method}`,
    ),
  ];
  expect(typeErrors(lines.join("\n"))).toBe("");
});

/** What the TypeScript compiler says of a module that may import the project's packages. */
function typeErrors(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), "testx-types-"));
  try {
    const modules = join(import.meta.dirname, "../../node_modules");
    symlinkSync(modules, join(folder, "node_modules"));
    writeFileSync(join(folder, "replies.mts"), source);
    const options = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--types",
      "node",
    ];
    const compiler = join(modules, "typescript/bin/tsc");
    execFileSync(process.execPath, [compiler, ...options, "replies.mts"], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
    return "";
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
