import * as z from "zod";
import { once } from "../../core/once.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Change, Residue } from "../../core/step.ts";
import { achieve, ask, pages, refusal, type SlackClient } from "./client.ts";
import { channelId } from "./fields.ts";
import { receiptIds, resolvePeople } from "./people.ts";

const input = once(() =>
  z.strictObject({
    channel: channelId(),
    members: z
      .array(
        z.string().regex(/^([UW][A-Z0-9]+|[^@\s]+@[^@\s]+)$/, "an e-mail address or a user id"),
      )
      .min(1, "at least one member")
      .describe(
        "Who shall be in the channel: e-mail addresses or user ids. Nobody else is removed.",
      ),
  }),
);

type MembersInput = z.infer<ReturnType<typeof input>>;

type MembersState = {
  channel: string;
  /** Those asked for, now or before, who are in the channel, sorted. Others do not count. */
  members: string[];
  /** The user id of each of them. */
  ids: { [asked: string]: string };
};

/** How many people one invitation may name. */
const invitedAtOnce = 100;

export const members: ResourceKind<MembersInput, MembersState, SlackClient> = {
  kind: "slack.members",
  input: lazySchema(input, "slack.members"),
  secrets: [],
  identity: ["channel", "members"],
  fields: ["channel", "members", "ids"],
  // Those for the channel itself depend on whether it is private; its own step needs them, too.
  scopes: ({ members }) =>
    JSON.stringify(members ?? "").includes("@") ? ["users:read", "users:read.email"] : [],
  title: ({ members }) => {
    const more = members.length > 2 ? ` and ${members.length - 2} more` : "";
    return `members ${members.slice(0, 2).join(", ")}${more}`;
  },
  key: ({ channel }) => `members of ${channel}`,
  read,
  changes,
  apply,
  undo,
};

async function read(
  client: SlackClient,
  { channel, members }: MembersInput,
  call: Call,
): Promise<MembersState | undefined> {
  const before = receiptIds(call);
  const ids = { ...before, ...(await resolvePeople(client, call, members)) };
  const inside = await call.shared(`slack.members:${channel}`, () =>
    loadMembers(client, call, channel),
  );
  const present = Object.keys(ids).filter((asked) => inside.has(ids[asked] ?? ""));
  return present.length === 0 ? undefined : stateOf(channel, present, ids);
}

function stateOf(
  channel: string,
  present: readonly string[],
  ids: Readonly<Record<string, string>>,
): MembersState {
  const members = [...new Set(present)].sort();
  return {
    channel,
    members,
    ids: Object.fromEntries(members.map((asked) => [asked, ids[asked] ?? asked])),
  };
}

/** Everybody in a channel; nobody when there is no such channel. */
async function loadMembers(client: SlackClient, call: Call, channel: string): Promise<Set<string>> {
  const inside = new Set<string>();
  try {
    for await (const page of pages(client, call, "conversations.members", { channel })) {
      for (const id of page.members ?? []) inside.add(id);
    }
  } catch (error) {
    if (refusal(error) !== "channel_not_found") throw error;
  }
  return inside;
}

function changes({ members }: MembersInput, now: MembersState): Change[] {
  const all = [...new Set([...now.members, ...members])].sort();
  return all.length === now.members.length
    ? []
    : [{ field: "members", from: now.members, to: all }];
}

async function apply(
  client: SlackClient,
  { channel, members }: MembersInput,
  now: MembersState | undefined,
  call: Call,
): Promise<MembersState> {
  const ids = { ...now?.ids, ...(await resolvePeople(client, call, members)) };
  const there = new Set(Object.values(now?.ids ?? {}));
  const missing = new Set(
    members.map((asked) => ids[asked] ?? asked).filter((id) => !there.has(id)),
  );
  await invite(client, call, channel, [...missing].sort());
  return stateOf(channel, [...(now?.members ?? []), ...members], ids);
}

async function invite(
  client: SlackClient,
  call: Call,
  channel: string,
  missing: readonly string[],
): Promise<void> {
  for (let at = 0; at < missing.length; at += invitedAtOnce) {
    const some = missing.slice(at, at + invitedAtOnce);
    const invited = await achieve(client, call, "conversations.invite", {
      channel,
      users: some.join(","),
    });
    if (invited !== undefined || some.length === 1) continue;
    // One of them was in already, and then Slack invites none of the others.
    const inside = await loadMembers(client, call, channel);
    for (const users of some.filter((id) => !inside.has(id))) {
      await achieve(client, call, "conversations.invite", { channel, users });
    }
  }
}

async function undo(
  client: SlackClient,
  target: MembersState | undefined,
  now: MembersState,
  call: Call,
): Promise<Residue[]> {
  const { channel } = now;
  const residue: Residue[] = [];
  const staying = new Set(target?.members.map((asked) => now.ids[asked] ?? asked));
  for (const asked of now.members) {
    const user = now.ids[asked] ?? asked;
    if (staying.has(user)) continue;
    const word = await kick(client, call, channel, user);
    if (word === undefined) continue;
    residue.push({
      what: `${asked} in channel ${channel}`,
      why: `Slack refused to remove them: ${word}`,
      fix: "Somebody who may manage the channel can remove them.",
      ...(word.startsWith("cant_kick") ? {} : { again: true }),
    });
  }
  return residue;
}

/** Slack's word when it refuses for good. */
async function kick(
  client: SlackClient,
  call: Call,
  channel: string,
  user: string,
): Promise<string | undefined> {
  try {
    await ask(client, call, "conversations.kick", { channel, user });
    return undefined;
  } catch (error) {
    const word = refusal(error);
    if (word === undefined) throw error;
    if (["user_not_in_channel", "channel_not_found", "is_archived"].includes(word))
      return undefined;
    // For the one removed or for the bot: Slack has one word for both.
    if (word === "not_in_channel") {
      return (await loadMembers(client, call, channel)).has(user) ? word : undefined;
    }
    if (["cant_kick_from_general", "cant_kick_self", "restricted_action"].includes(word))
      return word;
    throw error;
  }
}
