import { fail } from "../../core/failure.ts";
import type { Json } from "../../core/json.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Change, Residue } from "../../core/step.ts";
import { type ChannelInput, type ChannelState, input } from "./channel-shape.ts";
import { listChannels, type SlackChannel } from "./channels.ts";
import {
  achieve,
  archiveUrl,
  ask,
  find,
  identify,
  type SlackClient,
  sameWorkspace,
} from "./client.ts";
import { createChannel, mustBeFree, typeOf } from "./create-channel.ts";
import { isRetired, retire, retiredName } from "./retire-channel.ts";
import { plainLines, sameText } from "./text.ts";

export const channel: ResourceKind<ChannelInput, ChannelState, SlackClient> = {
  kind: "slack.channel",
  input: lazySchema(input, "slack.channel"),
  secrets: [],
  identity: ["name", "private"],
  fields: ["id", "url", "name", "topic", "purpose", "private", "joined", "creator"],
  scopes: (written) =>
    written.private === true
      ? ["groups:read", "groups:write"]
      : ["channels:manage", "channels:read"],
  title: (input) => `channel #${input.name}`,
  key: (input) => `#${input.name}`,
  read,
  changes,
  apply,
  ours: async (client, now, call) => now.creator === (await identify(client, call)).userId,
  undo,
};

async function read(
  client: SlackClient,
  input: ChannelInput,
  call: Call,
): Promise<ChannelState | undefined> {
  const known = call.receipt?.id;
  if (typeof known === "string") {
    const reply = await find(client, call, "conversations.info", { channel: known }, [
      "channel_not_found",
    ]);
    const found = reply?.channel as SlackChannel | undefined;
    if (found && !found.is_archived) return observe(client, input, call, found);
    if (call.compares) {
      if (found) return { ...(await observe(client, input, call, found)), archived: true };
      await sameWorkspace(client, call);
    }
  }
  const channels = await listChannels(client, call, [typeOf(input)]);
  const live = channels.filter((found) => !found.is_archived);
  // One with a retired name was on its way out when an undo was interrupted.
  const found =
    live.find(({ name }) => name === input.name) ??
    live.find(({ name, id }) => name === retiredName(input.name, id ?? ""));
  if (found) return observe(client, input, call, found);
  if (call.operation === "") await mustBeFree(client, input, call);
  return undefined;
}

async function observe(
  client: SlackClient,
  input: ChannelInput,
  call: Call,
  found: SlackChannel,
): Promise<ChannelState> {
  const id = found.id ?? "";
  return {
    id,
    name: nameOf(found, call),
    topic: noteOf(found.topic?.value, input.topic, call.receipt?.topic),
    purpose: noteOf(found.purpose?.value, input.purpose, call.receipt?.purpose),
    private: found.is_private ?? false,
    joined: found.is_member ?? true,
    creator: found.creator ?? "",
    url: await archiveUrl(client, call, id),
  };
}

/** A topic or purpose in the user's words, where it still says the same. */
function noteOf(kept = "", ...words: readonly (Json | undefined)[]): string {
  const own = words.find((word) => typeof word === "string" && sameText(kept, word));
  return typeof own === "string" ? own : plainLines(kept);
}

/** An undo that was interrupted after the renaming finds the channel as it had left it. */
function nameOf(found: SlackChannel, call: Call): string {
  const name = found.name ?? "";
  const before = call.receipt?.name;
  const undoing = call.operation !== "" && typeof before === "string";
  return undoing && isRetired(name, before, found.id ?? "") ? before : name;
}

function changes(input: ChannelInput, now: ChannelState): Change[] {
  const found: Change[] = [];
  const wanted = {
    name: input.name,
    topic: input.topic,
    purpose: input.purpose,
    private: input.private,
    joined: true,
  };
  for (const field of ["name", "topic", "purpose", "private", "joined"] as const) {
    const to = wanted[field];
    if (to !== undefined && to !== now[field]) found.push({ field, from: now[field], to });
  }
  return found;
}

async function apply(
  client: SlackClient,
  input: ChannelInput,
  now: ChannelState | undefined,
  call: Call,
): Promise<ChannelState> {
  if (now && input.private !== undefined && now.private !== input.private) {
    const to = input.private ? "private" : "public";
    fail(
      "SLACK_CHANNEL_PRIVACY",
      `#${now.name} is ${now.private ? "private" : "public"}, and no app can make it ${to}.`,
      { details: { channel: now.id } },
    );
  }
  const start =
    now ?? (await observe(client, input, call, await createChannel(client, input, call)));
  return set(client, input, call, start, {
    ...start,
    name: input.name,
    topic: input.topic ?? start.topic,
    purpose: input.purpose ?? start.purpose,
    joined: true,
  });
}

/** Sends a write for each field that differs, and gives what is there after them. */
async function set(
  client: SlackClient,
  input: ChannelInput,
  call: Call,
  now: ChannelState,
  to: ChannelState,
): Promise<ChannelState> {
  const at = { channel: now.id };
  let last: SlackChannel | undefined;
  let written = false;
  const keep = (reply: { channel?: unknown } | undefined): void => {
    written = true;
    last = reply?.channel as SlackChannel | undefined;
  };
  if (to.joined && !now.joined) keep(await achieve(client, call, "conversations.join", at));
  if (to.name !== now.name) {
    keep(await ask(client, call, "conversations.rename", { ...at, name: to.name }));
  }
  if (to.topic !== now.topic) {
    keep(await ask(client, call, "conversations.setTopic", { ...at, topic: to.topic }));
  }
  if (to.purpose !== now.purpose) {
    keep(await ask(client, call, "conversations.setPurpose", { ...at, purpose: to.purpose }));
  }
  if (!to.joined && now.joined) {
    await ask(client, call, "conversations.leave", at);
    keep(undefined);
  }
  if (!written) return now;
  const whole = last?.id && last.name && last.topic && last.purpose ? last : undefined;
  const found = whole ?? (await ask(client, call, "conversations.info", at)).channel;
  return observe(client, input, { ...call, operation: "" }, found as SlackChannel);
}

async function undo(
  client: SlackClient,
  target: ChannelState | undefined,
  now: ChannelState,
  call: Call,
): Promise<Residue[]> {
  if (target === undefined) return retire(client, now, call);
  await set(client, { name: target.name }, call, now, target);
  return [];
}
