import { expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { initial } from "../../../src/sandbox/slack/state.ts";
import { type Workspace, workspace } from "./workspace.ts";

async function channelIn({ ensure, calls }: Workspace): Promise<string> {
  const { id } = await ensure("channel", { name: "dev" });
  calls();
  return id as string;
}

it("removes only the people it has added", async () => {
  const at = await workspace();
  const channel = await channelIn(at);
  await at.person("conversations.invite", { channel, users: "U0PRIYA" }, "xoxb-sandbox-testx");
  const there = at.sandbox.state();
  const input = { channel, members: ["priya@example.com", "jonas@example.com"] };
  const before = await at.read("members", input);
  expect(before).toMatchObject({ members: ["priya@example.com"] });
  const after = await at.ensure("members", input);
  await at.person("conversations.invite", { channel, users: "U0DEV" }, "xoxb-sandbox-testx");
  expect(await at.undo("members", before, after)).toEqual([]);
  expect(at.channel("dev")?.members).toEqual(["U0TESTX", "U0PRIYA", "U0DEV"]);
  await at.person("conversations.kick", { channel, user: "U0DEV" }, "xoxb-sandbox-testx");
  expect(at.sandbox.state()).toBe(there);
});

it("with a receipt needs one call, and asks for nobody's address again", async () => {
  const at = await workspace();
  const channel = await channelIn(at);
  const input = { channel, members: ["priya@example.com", "Jonas@Example.com", "U0TOMAS"] };
  const receipt = await at.ensure("members", input);
  expect(receipt.ids).toEqual({
    "Jonas@Example.com": "U0JONAS",
    U0TOMAS: "U0TOMAS",
    "priya@example.com": "U0PRIYA",
  });
  const other = await at.colleague();
  at.calls();
  const kind = (await import("../../../src/providers/slack/members.ts")).members;
  const again = await other.run((call) => kind.read(other.client, input, call), { receipt });
  expect(again).toEqual(receipt);
  expect(at.calls()).toEqual(["conversations.members"]);
});

it("still knows of those it added when they are no longer asked for", async () => {
  const at = await workspace();
  const channel = await channelIn(at);
  const first = await at.ensure("members", { channel, members: ["priya@example.com"] });
  const input = { channel, members: ["jonas@example.com"] };
  const second = await at.ensure("members", input, { receipt: first });
  expect(second.members).toEqual(["jonas@example.com", "priya@example.com"]);
  const now = await at.read("members", input, { receipt: second });
  expect(now).toEqual(second);
  expect(await at.undo("members", undefined, now!)).toEqual([]);
  expect(at.channel("dev")?.members).toEqual(["U0TESTX"]);
});

it("invites the others when one of them has come in by themselves meanwhile", async () => {
  const at = await workspace();
  const channel = await channelIn(at);
  const input = { channel, members: ["U0PRIYA", "U0JONAS", "U0TOMAS"] };
  expect(await at.read("members", input)).toBeUndefined();
  await at.person("conversations.invite", { channel, users: "U0JONAS" }, "xoxb-sandbox-testx");
  const { members } = await import("../../../src/providers/slack/members.ts");
  await at.connected.run((call) => members.apply(at.connected.client, input, undefined, call));
  expect(at.channel("dev")?.members.toSorted()).toEqual([
    "U0JONAS",
    "U0PRIYA",
    "U0TESTX",
    "U0TOMAS",
  ]);
});

it("names every address that nobody has", async () => {
  const at = await workspace();
  const channel = await channelIn(at);
  const members = ["nobody@example.com", "priya@example.com", "noone@example.com"];
  await expect(at.ensure("members", { channel, members })).rejects.toMatchObject({
    code: "SLACK_USER_NOT_FOUND",
    message: expect.stringMatching(/nobody@example\.com, noone@example\.com/),
  });
});

function crowd(size: number): { users: JsonObject; addresses: string[] } {
  const { U0DEV } = initial().users;
  const all = Array.from({ length: size }, (_, at) => ({
    ...U0DEV!,
    id: `U1${String(at).padStart(4, "0")}`,
    name: `guest${at}`,
    email: `guest${at}@example.com`,
  }));
  return {
    users: Object.fromEntries(all.map((user) => [user.id, user])),
    addresses: all.map(({ email }) => email),
  };
}

it("asks for many addresses by listing the users, over all pages", async () => {
  const { users, addresses } = crowd(1200);
  const at = await workspace({ users });
  const channel = await channelIn(at);
  const members = [...addresses.slice(0, 5), ...addresses.slice(-10)];
  await at.ensure("members", { channel, members });
  expect(at.calls()).toEqual([
    "users.list",
    "users.list",
    "conversations.members",
    "conversations.invite",
  ]);
  expect(at.channel("dev")?.members).toHaveLength(16);
});

it("invites a hundred at a time, and counts members over all pages", async () => {
  const { users, addresses } = crowd(1150);
  const at = await workspace({ users });
  const channel = await channelIn(at);
  const receipt = await at.ensure("members", { channel, members: addresses });
  expect(at.calls().filter((method) => method === "conversations.invite")).toHaveLength(12);
  expect(await at.read("members", { channel, members: addresses }, { receipt })).toEqual(receipt);
  expect(at.calls()).toEqual(["conversations.members", "conversations.members"]);
});
