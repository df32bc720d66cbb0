import type { JsonObject } from "../../core/json.ts";
import {
  announce,
  channelScope,
  findChannel,
  isMember,
  type Method,
  newId,
  openChannel,
  refuse,
  type SlackCall,
  seconds,
  text,
  visibleChannel,
} from "./call.ts";
import { paginate } from "./paging.ts";
import { shownChannel } from "./shown.ts";
import type { SlackChannel } from "./state.ts";

const manage = ["channels:manage", "channels:write"];
const noChannel = { channel: "channel_not_found" };

/** Slack's word for a name it does not take. */
function wrongName(name: string): string | undefined {
  if (name === "") return "invalid_name_required";
  if (name.length > 80) return "invalid_name_maxlength";
  if (!/^[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}_-]+$/u.test(name)) return "invalid_name_specials";
  if (/^[_-]+$/.test(name)) return "invalid_name_punctuation";
  return undefined;
}

/** Names are unique among all channels; archived ones keep theirs. */
function checkName(call: SlackCall, name: string, own?: SlackChannel): void {
  const wrong = wrongName(name);
  if (wrong !== undefined) refuse(wrong);
  const all = Object.values(call.state.channels);
  if (all.some((other) => other.name === name && other !== own)) refuse("name_taken");
}

function create(call: SlackCall): JsonObject {
  const { args, state, context, me } = call;
  const name = text(args, "name");
  checkName(call, name);
  const channel: SlackChannel = {
    id: newId("C", context),
    name,
    is_private: args.is_private === true,
    is_archived: false,
    is_general: false,
    creator: me.id,
    created: seconds(context),
    topic: { value: "", creator: "", last_set: 0 },
    purpose: { value: "", creator: "", last_set: 0 },
    members: [me.id],
    previous_names: [],
    messages: [],
    pins: [],
    bookmarks: [],
  };
  state.channels[channel.id] = channel;
  announce(call, channel, "channel_join", `<@${me.id}> has joined the channel`);
  return { channel: shownChannel(channel, call) };
}

function list(call: SlackCall): JsonObject {
  const { args, state, me } = call;
  const types = typesOf(args);
  const known = ["public_channel", "private_channel", "mpim", "im"];
  if (types.some((type) => !known.includes(type))) refuse("invalid_types");
  const all = Object.values(state.channels)
    .filter((channel) => types.includes(channel.is_private ? "private_channel" : "public_channel"))
    .filter((channel) => !channel.is_private || isMember(channel, me))
    .filter((channel) => args.exclude_archived !== true || !channel.is_archived);
  const { items, response_metadata } = paginate(all, args, ({ id }) => id);
  const channels = items.map((channel) => withCount(channel, call));
  return { channels, response_metadata };
}

function withCount(channel: SlackChannel, call: SlackCall): JsonObject {
  return { ...shownChannel(channel, call), num_members: channel.members.length };
}

function info(call: SlackCall): JsonObject {
  const shown = call.args.include_num_members === true ? withCount : shownChannel;
  return { channel: shown(visibleChannel(call), call) };
}

function typesOf(args: JsonObject): string[] {
  return (text(args, "types") || "public_channel").split(",").map((type) => type.trim());
}

function rename(call: SlackCall): JsonObject {
  const channel = openChannel(call);
  const name = text(call.args, "name");
  if (channel.is_general && !call.me.is_admin) refuse("restricted_action");
  if (channel.creator !== call.me.id && !call.me.is_admin) refuse("not_authorized");
  checkName(call, name, channel);
  if (name !== channel.name) {
    channel.previous_names.push(channel.name);
    const words = `<@${call.me.id}> has renamed the channel from "${channel.name}" to "${name}"`;
    announce(call, channel, "channel_name", words);
    channel.name = name;
  }
  return { channel: shownChannel(channel, call) };
}

function archive(call: SlackCall): JsonObject {
  const channel = visibleChannel(call);
  if (channel.is_archived) refuse("already_archived");
  if (channel.is_general) refuse("cant_archive_general");
  if (!isMember(channel, call.me)) refuse("not_in_channel");
  announce(call, channel, "channel_archive", `<@${call.me.id}> archived the channel`);
  channel.is_archived = true;
  // Bots are put out of it, which is why they cannot unarchive it again.
  channel.members = channel.members.filter((id) => call.state.users[id]?.is_bot !== true);
  return {};
}

function unarchive(call: SlackCall): JsonObject {
  const channel = visibleChannel(call);
  if (!channel.is_archived) refuse("not_archived");
  if (!isMember(channel, call.me)) refuse("not_in_channel");
  channel.is_archived = false;
  announce(call, channel, "channel_unarchive", `<@${call.me.id}> un-archived the channel`);
  return {};
}

function removeForGood(call: SlackCall): JsonObject {
  const channel = findChannel(call.state, call.args.channel_id);
  if (channel === undefined) return refuse("channel_not_found");
  if (channel.is_general) return refuse("cannot_delete_general");
  delete call.state.channels[channel.id];
  return {};
}

export const conversations: Readonly<Record<string, Method>> = {
  "conversations.create": {
    write: true,
    tier: 20,
    args: { name: "string", is_private: "boolean", team_id: "string" },
    required: { name: "invalid_name_required" },
    scopes: (args) => [args.is_private === true ? "groups:write" : manage],
    run: create,
  },
  "conversations.list": {
    write: false,
    tier: 20,
    args: {
      cursor: "string",
      exclude_archived: "boolean",
      limit: "integer",
      team_id: "string",
      types: "string",
    },
    scopes: (args) =>
      typesOf(args).map((type) => (type === "private_channel" ? "groups:read" : "channels:read")),
    run: list,
  },
  "conversations.info": {
    write: false,
    tier: 50,
    args: { channel: "string", include_locale: "boolean", include_num_members: "boolean" },
    required: noChannel,
    scopes: channelScope("channels:read", "groups:read"),
    run: info,
  },
  "conversations.rename": {
    write: true,
    tier: 20,
    args: { channel: "string", name: "string" },
    required: { ...noChannel, name: "invalid_name_required" },
    scopes: channelScope(manage, "groups:write"),
    run: rename,
  },
  "conversations.archive": {
    write: true,
    tier: 20,
    args: { channel: "string" },
    required: noChannel,
    scopes: channelScope(manage, "groups:write"),
    run: archive,
  },
  "conversations.unarchive": {
    write: true,
    tier: 20,
    args: { channel: "string" },
    required: noChannel,
    scopes: channelScope(manage, "groups:write"),
    run: unarchive,
  },
  // What people do in Slack's own settings; apps can only with an admin's token.
  "admin.conversations.delete": {
    write: true,
    tier: 20,
    args: { channel_id: "string" },
    required: { channel_id: "channel_not_found" },
    scopes: () => ["admin.conversations:write"],
    run: removeForGood,
  },
};
