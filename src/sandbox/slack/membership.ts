import type { JsonObject } from "../../core/json.ts";
import {
  announce,
  channelScope,
  isMember,
  type Method,
  openChannel,
  refuse,
  type SlackCall,
  text,
  visibleChannel,
} from "./call.ts";
import { paginate } from "./paging.ts";
import { shownChannel } from "./shown.ts";
import type { SlackChannel } from "./state.ts";

const manage = ["channels:manage", "channels:write"];
const noChannel = { channel: "channel_not_found" };

function members(call: SlackCall): JsonObject {
  const channel = visibleChannel(call);
  const { items, response_metadata } = paginate(channel.members, call.args, (id) => id);
  return { members: items, response_metadata };
}

/** Why one of the invited cannot be. */
function obstacle(call: SlackCall, channel: SlackChannel, id: string): string | undefined {
  const user = Object.hasOwn(call.state.users, id) ? call.state.users[id] : undefined;
  if (user === undefined) return "user_not_found";
  if (user.deleted) return "user_disabled";
  if (id === call.me.id) return "cant_invite_self";
  return isMember(channel, user) ? "already_in_channel" : undefined;
}

function invite(call: SlackCall): JsonObject {
  const channel = openChannel(call);
  const asked = text(call.args, "users")
    .split(",")
    .map((id) => id.trim())
    .filter((id) => id !== "");
  if (asked.length === 0) refuse("no_user");
  if (asked.length > 100) refuse("too_many_users");
  const errors = asked.flatMap((user) => {
    const error = obstacle(call, channel, user);
    return error === undefined ? [] : [{ user, ok: false, error }];
  });
  const valid = asked.filter((user) => !errors.some((error) => error.user === user));
  // One who cannot be invited keeps all others out, unless the caller forces it.
  if (errors[0] && (call.args.force !== true || valid.length === 0)) {
    refuse(errors[0].error, { errors });
  }
  for (const id of valid) {
    channel.members.push(id);
    announce(call, channel, "channel_join", `<@${id}> has joined the channel`, id);
  }
  return { channel: shownChannel(channel, call), ...(errors.length > 0 ? { errors } : {}) };
}

function kick(call: SlackCall): JsonObject {
  const channel = openChannel(call);
  const id = text(call.args, "user");
  if (!Object.hasOwn(call.state.users, id)) refuse("user_not_found");
  if (id === call.me.id) refuse("cant_kick_self");
  if (channel.is_general) refuse("cant_kick_from_general");
  if (!channel.members.includes(id)) refuse("not_in_channel");
  channel.members = channel.members.filter((member) => member !== id);
  return { errors: {} };
}

function join(call: SlackCall): JsonObject {
  const channel = visibleChannel(call);
  if (channel.is_archived) refuse("is_archived");
  if (channel.is_private) refuse("method_not_supported_for_channel_type");
  const already = isMember(channel, call.me);
  if (!already) {
    channel.members.push(call.me.id);
    announce(call, channel, "channel_join", `<@${call.me.id}> has joined the channel`);
  }
  const warning = "already_in_channel";
  return {
    channel: shownChannel(channel, call),
    ...(already ? { warning, response_metadata: { warnings: [warning] } } : {}),
  };
}

function leave(call: SlackCall): JsonObject {
  const channel = visibleChannel(call);
  if (channel.is_archived) refuse("is_archived");
  if (!isMember(channel, call.me)) return { not_in_channel: true };
  if (channel.is_general && !call.me.is_bot) refuse("cant_leave_general");
  channel.members = channel.members.filter((member) => member !== call.me.id);
  return {};
}

export const membership: Readonly<Record<string, Method>> = {
  "conversations.members": {
    write: false,
    tier: 100,
    args: { channel: "string", cursor: "string", limit: "integer" },
    required: noChannel,
    scopes: channelScope("channels:read", "groups:read"),
    run: members,
  },
  "conversations.invite": {
    write: true,
    tier: 50,
    args: { channel: "string", force: "boolean", users: "string" },
    required: { ...noChannel, users: "no_user" },
    scopes: channelScope([...manage, "channels:write.invites"], "groups:write"),
    run: invite,
  },
  "conversations.kick": {
    write: true,
    tier: 50,
    args: { channel: "string", user: "string" },
    required: { ...noChannel, user: "user_not_found" },
    scopes: channelScope(manage, "groups:write"),
    run: kick,
  },
  "conversations.join": {
    write: true,
    tier: 50,
    args: { channel: "string" },
    required: noChannel,
    scopes: () => [["channels:join", "channels:write"]],
    run: join,
  },
  "conversations.leave": {
    write: true,
    tier: 50,
    args: { channel: "string" },
    required: noChannel,
    scopes: channelScope(manage, "groups:write"),
    run: leave,
  },
};
