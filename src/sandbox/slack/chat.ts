import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import {
  channelScope,
  findChannel,
  isMember,
  type Method,
  newId,
  newTs,
  openChannel,
  refuse,
  type SlackCall,
  text,
  visibleChannel,
} from "./call.ts";
import { paginate } from "./paging.ts";
import { permalink, shownMessage } from "./shown.ts";
import type { SlackChannel, SlackMessage } from "./state.ts";
import { kept } from "./text.ts";

/** https://docs.slack.dev/reference/block-kit/blocks */
const blockTypes: ReadonlySet<string> = new Set([
  "actions",
  "context",
  "context_actions",
  "divider",
  "file",
  "header",
  "image",
  "input",
  "markdown",
  "rich_text",
  "section",
  "table",
  "video",
]);

function blocksOf(call: SlackCall): JsonObject[] | undefined {
  const asked = call.args.blocks;
  if (!Array.isArray(asked)) return undefined;
  const messages: string[] = [];
  if (asked.length > 50)
    messages.push("[ERROR] no more than 50 items allowed [json-pointer:/blocks]");
  const ids = new Set<string>();
  const blocks = asked.map((block, at): JsonObject => {
    const type = isObject(block) ? block.type : undefined;
    if (!isObject(block) || typeof type !== "string" || !blockTypes.has(type)) {
      messages.push(`[ERROR] unsupported type: ${String(type)} [json-pointer:/blocks/${at}/type]`);
      return {};
    }
    const id = typeof block.block_id === "string" ? block.block_id : newId("b", call.context);
    if (ids.has(id))
      messages.push(`[ERROR] duplicate block_id [json-pointer:/blocks/${at}/block_id]`);
    ids.add(id);
    if (type === "section" && !isObject(block.text) && !Array.isArray(block.fields)) {
      messages.push(`[ERROR] missing required field: text [json-pointer:/blocks/${at}]`);
    }
    return { ...(keptTexts(block as JsonObject) as JsonObject), block_id: id };
  });
  if (messages.length > 0) refuse("invalid_blocks", { response_metadata: { messages } });
  return blocks;
}

/** Markup within blocks is kept in Slack's form, too. */
function keptTexts(value: Json): Json {
  if (Array.isArray(value)) return value.map(keptTexts);
  if (!isObject(value)) return value;
  const copy = Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, inner]) => [key, keptTexts(inner)]),
  );
  if (copy.type === "mrkdwn" && typeof copy.text === "string") {
    return { ...copy, text: kept(copy.text), verbatim: copy.verbatim ?? false };
  }
  return copy;
}

function metadataOf(call: SlackCall): JsonObject | undefined {
  const asked = call.args.metadata;
  if (asked === undefined) return undefined;
  if (!isObject(asked)) return refuse("invalid_metadata_format");
  const { event_type: type, event_payload: payload } = asked as JsonObject;
  if (typeof type !== "string" || type === "" || !isObject(payload)) {
    return refuse("invalid_metadata_format");
  }
  if (JSON.stringify(asked).length > 16_000) return refuse("metadata_too_large");
  return { event_type: type, event_payload: payload as JsonObject };
}

/** Slack makes a block of text that came without any. */
function richText(call: SlackCall, words: string): JsonObject[] {
  const block_id = newId("b", call.context);
  const elements = [{ type: "rich_text_section", elements: [{ type: "text", text: words }] }];
  return [{ type: "rich_text", block_id, elements }];
}

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

function history(call: SlackCall): JsonObject {
  const { args, state } = call;
  const channel = visibleChannel(call);
  if (!isMember(channel, call.me)) refuse("not_in_channel");
  const oldest = Number(text(args, "oldest") || "0");
  const latest = Number(text(args, "latest") || "Infinity");
  if (Number.isNaN(oldest)) refuse("invalid_ts_oldest");
  if (Number.isNaN(latest)) refuse("invalid_ts_latest");
  const inclusive = args.inclusive === true;
  const within = channel.messages.filter(({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  });
  const { items, response_metadata } = paginate(within.toReversed(), args, ({ ts }) => ts, 999);
  return {
    messages: items.map((message) =>
      shownMessage(message, channel, state, args.include_all_metadata === true),
    ),
    has_more: response_metadata.next_cursor !== "",
    pin_count: channel.pins.length,
    response_metadata,
  };
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
  "conversations.history": {
    write: false,
    tier: 50,
    args: {
      channel: "string",
      cursor: "string",
      include_all_metadata: "boolean",
      inclusive: "boolean",
      latest: "string",
      limit: "integer",
      oldest: "string",
    },
    required: { channel: "channel_not_found" },
    scopes: channelScope("channels:history", "groups:history"),
    run: history,
  },
};
