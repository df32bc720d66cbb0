import { describe, expect, it } from "vitest";
import { message } from "../../../src/providers/slack/message.ts";
import type { SlackMessage } from "../../../src/sandbox/slack/state.ts";
import { seededChannel, type Workspace, workspace } from "./workspace.ts";

const botToken = "xoxb-sandbox-testx";

async function channelIn({ ensure, calls }: Workspace): Promise<string> {
  const { id } = await ensure("channel", { name: "dev" });
  calls();
  return id as string;
}

function posted(at: Workspace, name = "dev"): SlackMessage[] {
  return (at.channel(name)?.messages ?? []).filter(({ subtype }) => subtype === "");
}

describe("slack.message", () => {
  it("is never posted twice, not even from a machine without receipts", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    const input = { channel, text: "Welcome 👋 & read https://docs.example.com\n• first" };
    const receipt = await at.ensure("message", input);
    expect(await at.ensure("message", input, { receipt })).toEqual(receipt);
    const other = await at.colleague();
    expect(await other.run((call) => message.read(other.client, input, call))).toEqual(receipt);
    expect(message.changes(input, receipt as never, { digest: String } as never)).toEqual([]);
    expect(posted(at)).toHaveLength(1);
  });

  it("is not posted again when the reply to the first post was lost", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    const input = { channel, text: "Welcome" };
    at.sandbox.setFaults([
      { match: { path: "postMessage" }, fault: { kind: "reset", when: "after" }, times: 1 },
    ]);
    await expect(at.ensure("message", input)).rejects.toMatchObject({
      failure: { outcome: "unknown" },
    });
    await at.ensure("message", input);
    expect(posted(at)).toHaveLength(1);
  });

  it.each([
    { kind: "status", status: 404 },
    { kind: "status", status: 200, body: { ok: false, error: "unknown_method" } },
  ] as const)("is taken away again where there is no way to pin it: %j", async (fault) => {
    const at = await workspace();
    const channel = await channelIn(at);
    at.sandbox.setFaults([{ match: { path: "/pins\\." }, fault }]);
    const input = { channel, text: "Welcome", pinned: true };
    await expect(at.ensure("message", input)).rejects.toMatchObject({ code: "SLACK_UNSUPPORTED" });
    const now = (await at.read("message", input))!;
    expect(now.pinned).toBe(false);
    expect(await at.undo("message", undefined, now)).toEqual([]);
    expect(posted(at)).toHaveLength(0);
  });

  it("is found behind more than a page of newer messages", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    const input = { channel, text: "Welcome" };
    const receipt = await at.ensure("message", input);
    const talk = Array.from({ length: 1500 }, (_, index) => ({
      ts: `1900000000.${String(index).padStart(6, "0")}`,
      user: "U0MIRA",
      text: "Welcome",
      blocks: [],
      metadata: null,
      subtype: "",
      edited: null,
    }));
    const full = at.state().channels[channel]!;
    const seeded = { ...full, messages: [...full.messages, ...talk] };
    at.sandbox.reset({ slack: { channels: { [channel]: seeded as never } } });
    expect(await at.read("message", input)).toEqual(receipt);
    expect(at.calls()).toEqual(["conversations.history", "conversations.history"]);
  });

  it("with a receipt needs one call, pinned or not", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    const input = { channel, text: "Welcome", pinned: true };
    const receipt = await at.ensure("message", input);
    at.calls();
    expect(await at.ensure("message", input, { receipt })).toEqual(receipt);
    expect(at.calls()).toEqual(["conversations.history"]);
  });

  it("a text beside blocks goes with the change that takes it away, undo or not", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    const blocks = [{ type: "section", text: { type: "mrkdwn", text: "Hello" } }];
    const first = await at.ensure("message", { channel, blocks });
    const second = await at.ensure("message", { channel, text: "Bye" }, { receipt: first });
    expect(posted(at)[0]?.text).toBe("Bye");
    expect(await at.undo("message", first, second)).toEqual([]);
    expect(posted(at)[0]?.text).toBe("");
    const both = await at.ensure("message", { channel, blocks, text: "Hi" }, { receipt: first });
    await at.ensure("message", { channel, blocks }, { receipt: both });
    expect(posted(at)[0]?.text).toBe("");
  });

  it("is updated in place, and put back to the letter", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    const first = await at.ensure("message", {
      channel,
      text: "*One* 🚀 <https://a.example|a> & b",
    });
    const was = at.sandbox.state();
    const changed = {
      channel,
      text: "Two",
      blocks: [{ type: "section", text: { type: "mrkdwn", text: "*Two* & more" } }],
      pinned: true,
    };
    const second = await at.ensure("message", changed, { receipt: first });
    expect(second.ts).toBe(first.ts);
    expect(await at.read("message", changed, { receipt: second })).toEqual(second);
    expect(await at.undo("message", first, second)).toEqual([]);
    expect(at.sandbox.state()).toBe(was);
    expect(await at.read("message", changed)).toEqual(first);
  });

  it("sees a change of a link behind the same label", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    await at.ensure("message", { channel, text: "<https://a.example|docs>" });
    await at.ensure("message", { channel, text: "<https://b.example|docs>" });
    expect(posted(at).map(({ text }) => text)).toEqual(["<https://b.example|docs>"]);
  });

  it("too long to be carried in its metadata still changes nothing the second time", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    const input = { channel, text: `${"a & b <c> https://example.com 🚀\n".repeat(400)}end` };
    const receipt = await at.ensure("message", input);
    at.calls();
    expect(await at.ensure("message", input)).toEqual(receipt);
    expect(at.calls().filter((method) => method.startsWith("chat."))).toEqual([]);
    const shorter = await at.ensure("message", { channel, text: "short" });
    expect(shorter.ts).toBe(receipt.ts);
  });

  it("tells two messages of one channel apart by their markers", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    await at.ensure("message", { channel, text: "Welcome", marker: "welcome" });
    await at.ensure("message", { channel, text: "Rules", marker: "rules" });
    await at.ensure(
      "message",
      { channel, text: "Rules!", marker: "rules" },
      { step: "slack.other" },
    );
    expect(posted(at).map(({ text }) => text)).toEqual(["Welcome", "Rules!"]);
  });

  it("does not believe a marker on somebody else's message", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    await at.person("conversations.join", { channel });
    await at.person("chat.postMessage", {
      channel,
      text: "Mine",
      metadata: { event_type: "testx_message", event_payload: { marker: "test.step" } },
    });
    await at.ensure("message", { channel, text: "Welcome" });
    expect(posted(at).map(({ text }) => text)).toEqual(["Mine", "Welcome"]);
  });

  it("is recognised by its words where the service keeps no metadata", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    const text = "Hi 👋 & https://example.com";
    await at.person("chat.postMessage", { channel, text }, botToken);
    const now = await at.ensure("message", { channel, text });
    expect(now.content).toBe("");
    expect(posted(at)).toHaveLength(1);
  });

  it("waits with looking until the bot has joined, and then looks before it posts", async () => {
    const at = await workspace({
      channels: { C0OPEN: seededChannel("C0OPEN", "open", { members: ["U0MIRA"] }) as never },
    });
    const input = { channel: "C0OPEN", text: "Welcome" };
    await at.ensure("channel", { name: "open" });
    const receipt = await at.ensure("message", input);
    await at.person("conversations.leave", { channel: "C0OPEN" }, botToken);
    const planned = await at.read("message", input);
    expect(planned).toBeUndefined();
    await at.ensure("channel", { name: "open" });
    const { client, run } = at.connected;
    const applied = await run((call) => message.apply(client, input, undefined, call));
    expect(applied).toEqual(receipt);
    expect(posted(at, "open")).toHaveLength(1);
  });

  it("names the place of a mistake in its blocks", async () => {
    const at = await workspace();
    const channel = await channelIn(at);
    const blocks = [{ type: "section", text: { type: "mrkdwn", text: "a" } }, { type: "sektion" }];
    await expect(at.ensure("message", { channel, text: "x", blocks })).rejects.toMatchObject({
      code: "SLACK_MESSAGE_INVALID",
      message: expect.stringContaining("/blocks/1/type"),
    });
  });
});
