import type { JsonObject } from "../../core/json.ts";
import {
  findChannel,
  isMember,
  type Method,
  newTs,
  openChannel,
  refuse,
  type SlackCall,
  text,
  visibleChannel,
} from "./call.ts";
import { blocksOf, metadataOf, richText } from "./content.ts";
import { permalink, shownMessage } from "./shown.ts";
import type { SlackChannel, SlackMessage } from "./state.ts";
import { kept } from "./text.ts";

function target(call: SlackCall): SlackChannel {
  const asked = text(call.args, "channel").replace(/^#/, "");
  const channel =
    findChannel(call.state, asked) ??
    Object.values(call.state.channels).find(({ name }) => name === asked);
  if (channel === undefined) return refuse("channel_not_found");
  const member = isMember(channel, call.me);
  if (channel.is_private && !member) return refuse("channel_not_found");
  if (channel.is_archived) return refuse("is_archived");
  if (!member && !call.scopes.includes("chat:write.public")) return refuse("not_in_channel");
  return channel;
}

function post(call: SlackCall): JsonObject {
  const channel = target(call);
  const words = text(call.args, "text");
  if (words.length > 40_000) refuse("msg_too_long");
  const blocks = blocksOf(call);
  const metadata = metadataOf(call);
  if (words === "" && (blocks ?? []).length === 0) refuse("no_text");
  const message: SlackMessage = {
    ts: newTs(call.context),
    user: call.me.id,
    text: kept(words),
    blocks: blocks ?? richText(call, words),
    metadata: metadata ?? null,
    subtype: "",
    edited: null,
  };
  channel.messages.push(message);
  return {
    channel: channel.id,
    ts: message.ts,
    message: shownMessage(message, channel, call.state, true),
  };
}

function own(call: SlackCall, channel: SlackChannel, word: string): SlackMessage {
  const ts = text(call.args, "ts");
  const message = channel.messages.find((one) => one.ts === ts);
  if (message === undefined) return refuse("message_not_found");
  return message.user === call.me.id && message.subtype === "" ? message : refuse(word);
}

function update(call: SlackCall): JsonObject {
  const channel = openChannel(call);
  const message = own(call, channel, "cant_update_message");
  const blocks = blocksOf(call);
  const metadata = metadataOf(call);
  const words = call.args.text;
  if (typeof words !== "string" && blocks === undefined) refuse("no_text");
  if (typeof words === "string") {
    message.text = kept(words);
    message.edited = { user: call.me.id, ts: newTs(call.context) };
  }
  if (blocks !== undefined && blocks.length > 0) message.blocks = blocks;
  else if (typeof words === "string") message.blocks = richText(call, words);
  if (metadata !== undefined) message.metadata = metadata;
  const { ts: _ts, ...shown } = shownMessage(message, channel, call.state, true);
  return { channel: channel.id, ts: message.ts, text: message.text, message: shown };
}

function remove(call: SlackCall): JsonObject {
  const channel = openChannel(call);
  const message = own(call, channel, "cant_delete_message");
  channel.messages = channel.messages.filter((one) => one !== message);
  channel.pins = channel.pins.filter(({ ts }) => ts !== message.ts);
  return { channel: channel.id, ts: message.ts };
}

function link(call: SlackCall): JsonObject {
  const channel = visibleChannel(call);
  const ts = text(call.args, "message_ts");
  if (!channel.messages.some((one) => one.ts === ts)) refuse("message_not_found");
  return { channel: channel.id, permalink: permalink(call.state, channel, ts) };
}

const content = {
  attachments: "array",
  blocks: "array",
  channel: "string",
  link_names: "boolean",
  markdown_text: "string",
  metadata: "object",
  parse: "string",
  reply_broadcast: "boolean",
  text: "string",
} as const;

export const chat: Readonly<Record<string, Method>> = {
  "chat.postMessage": {
    write: true,
    tier: 60,
    args: {
      ...content,
      icon_emoji: "string",
      icon_url: "string",
      mrkdwn: "boolean",
      thread_ts: "string",
      unfurl_links: "boolean",
      unfurl_media: "boolean",
      username: "string",
    },
    required: { channel: "channel_not_found" },
    scopes: () => ["chat:write"],
    run: post,
  },
  "chat.update": {
    write: true,
    tier: 50,
    args: { ...content, as_user: "boolean", file_ids: "array", ts: "string" },
    required: { channel: "channel_not_found", ts: "message_not_found" },
    scopes: () => ["chat:write"],
    run: update,
  },
  "chat.delete": {
    write: true,
    tier: 50,
    args: { as_user: "boolean", channel: "string", ts: "string" },
    required: { channel: "channel_not_found", ts: "message_not_found" },
    scopes: () => ["chat:write"],
    run: remove,
  },
  "chat.getPermalink": {
    write: false,
    tier: 100,
    args: { channel: "string", message_ts: "string" },
    required: { channel: "channel_not_found", message_ts: "message_not_found" },
    scopes: () => [],
    run: link,
  },
};
