import type { JsonObject } from "../../core/json.ts";
import { isMember, type SlackCall } from "./call.ts";
import type { SlackBookmark, SlackChannel, SlackMessage, SlackState, SlackUser } from "./state.ts";

/** Objects in the form in which Slack's answers have them. */

export function shownChannel(channel: SlackChannel, { state, me }: SlackCall): JsonObject {
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.is_private,
    is_group: channel.is_private,
    is_im: false,
    is_mpim: false,
    is_private: channel.is_private,
    is_archived: channel.is_archived,
    is_general: channel.is_general,
    is_shared: false,
    is_org_shared: false,
    is_ext_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    pending_connected_team_ids: [],
    shared_team_ids: [state.team.id],
    context_team_id: state.team.id,
    is_member: isMember(channel, me),
    created: channel.created,
    updated: channel.created * 1000,
    creator: channel.creator,
    unlinked: 0,
    topic: { ...channel.topic },
    purpose: { ...channel.purpose },
    previous_names: [...channel.previous_names],
  };
}

export function shownMessage(
  message: SlackMessage,
  channel: SlackChannel,
  state: SlackState,
  withMetadata: boolean,
): JsonObject {
  const author = state.users[message.user];
  const shown: JsonObject = {
    type: "message",
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: state.team.id,
  };
  if (message.subtype !== "") shown.subtype = message.subtype;
  if (author?.is_bot && message.subtype === "") {
    shown.bot_id = author.bot_id;
    shown.app_id = author.app_id;
    shown.bot_profile = {
      id: author.bot_id,
      app_id: author.app_id,
      name: author.name,
      deleted: false,
      team_id: state.team.id,
    };
  }
  if (message.blocks.length > 0) shown.blocks = structuredClone(message.blocks);
  if (message.edited !== null) shown.edited = { ...message.edited };
  if (withMetadata && message.metadata !== null) {
    shown.metadata = structuredClone(message.metadata);
  }
  if (channel.pins.some(({ ts }) => ts === message.ts)) shown.pinned_to = [channel.id];
  return shown;
}

export function shownUser(user: SlackUser, state: SlackState, withEmail: boolean): JsonObject {
  const [first = "", last = ""] = user.real_name.split(" ");
  return {
    id: user.id,
    team_id: state.team.id,
    name: user.name,
    deleted: user.deleted,
    real_name: user.real_name,
    is_admin: user.is_admin,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: user.is_bot,
    is_app_user: false,
    updated: 1_700_000_000,
    profile: {
      real_name: user.real_name,
      display_name: user.name,
      first_name: first,
      last_name: last,
      team: state.team.id,
      ...(withEmail && user.email !== "" ? { email: user.email } : {}),
    },
  };
}

export function shownBookmark(
  bookmark: SlackBookmark,
  channel: SlackChannel,
  state: SlackState,
): JsonObject {
  return {
    id: bookmark.id,
    channel_id: channel.id,
    title: bookmark.title,
    link: bookmark.link,
    emoji: bookmark.emoji,
    type: "link",
    date_created: bookmark.date_created,
    date_updated: bookmark.date_updated,
    rank: "U",
    last_updated_by_user_id: bookmark.by,
    last_updated_by_team_id: state.team.id,
  };
}

export function archiveUrl(state: SlackState, channel: SlackChannel): string {
  return `https://${state.team.domain}.slack.com/archives/${channel.id}`;
}

export function permalink(state: SlackState, channel: SlackChannel, ts: string): string {
  return `${archiveUrl(state, channel)}/p${ts.replace(".", "")}`;
}
