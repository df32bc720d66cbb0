import type { Json, JsonObject } from "../../core/json.ts";
import type { SlackChannel, SlackState } from "./state.ts";

/**
 * The workspace as people see it. Left out: archived channels, which is as far away as Slack
 * lets a channel be put; the lines Slack writes itself and its "edited" marks, which nobody can
 * take back; who set something when.
 */
export function canonicalState(state: SlackState): Json {
  const channels = Object.values(state.channels)
    .filter((channel) => !channel.is_archived)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((channel) => canonicalChannel(channel, state));
  return { team: state.team.name, channels };
}

function canonicalChannel(channel: SlackChannel, state: SlackState): JsonObject {
  const nameOf = (id: string): string => state.users[id]?.name ?? id;
  const pinned = new Set(channel.pins.map(({ ts }) => ts));
  return {
    name: channel.name,
    private: channel.is_private,
    topic: channel.topic.value,
    purpose: channel.purpose.value,
    members: channel.members.map(nameOf).sort(),
    bookmarks: channel.bookmarks.map(({ title, link, emoji }) => ({ title, link, emoji })),
    messages: channel.messages
      .filter(({ subtype }) => subtype === "")
      .map(({ ts, user, text, blocks }) => ({
        by: nameOf(user),
        text,
        blocks: blocks.map(({ block_id: _id, ...block }) => block),
        pinned: pinned.has(ts),
      })),
  };
}
