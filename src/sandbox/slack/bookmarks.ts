import type { JsonObject } from "../../core/json.ts";
import {
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
import { shownBookmark } from "./shown.ts";
import type { SlackBookmark, SlackChannel } from "./state.ts";
import { escaped } from "./text.ts";

/** A host alone gains its slash, as in a browser. */
function address(link: string): string {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  return url?.protocol === "https:" || url?.protocol === "http:"
    ? url.href
    : refuse("invalid_link");
}

function emojiOf(args: JsonObject): string {
  const emoji = text(args, "emoji");
  return emoji === "" || /^:[^:\s]+:$/.test(emoji) ? emoji : refuse("invalid_emoji");
}

function add(call: SlackCall): JsonObject {
  const { args, context, state, me } = call;
  const channel = openChannel(call, "channel_id");
  if (text(args, "type") !== "link") refuse("invalid_bookmark_type");
  if (text(args, "title") === "" || text(args, "link") === "") refuse("invalid_arguments");
  if (channel.bookmarks.length >= 100) refuse("too_many_bookmarks");
  const bookmark: SlackBookmark = {
    id: newId("Bk", context),
    title: escaped(text(args, "title")),
    link: address(text(args, "link")),
    emoji: emojiOf(args),
    date_created: seconds(context),
    date_updated: 0,
    by: me.id,
  };
  channel.bookmarks.push(bookmark);
  return { bookmark: shownBookmark(bookmark, channel, state) };
}

function named(call: SlackCall, channel: SlackChannel): SlackBookmark {
  const id = text(call.args, "bookmark_id");
  return channel.bookmarks.find((bookmark) => bookmark.id === id) ?? refuse("not_found");
}

function edit(call: SlackCall): JsonObject {
  const { args, context, state, me } = call;
  const channel = openChannel(call, "channel_id");
  const bookmark = named(call, channel);
  if (text(args, "title") !== "") bookmark.title = escaped(text(args, "title"));
  if (text(args, "link") !== "") bookmark.link = address(text(args, "link"));
  if (args.emoji !== undefined) bookmark.emoji = emojiOf(args);
  bookmark.date_updated = seconds(context);
  bookmark.by = me.id;
  return { bookmark: shownBookmark(bookmark, channel, state) };
}

function remove(call: SlackCall): JsonObject {
  const channel = openChannel(call, "channel_id");
  const bookmark = named(call, channel);
  channel.bookmarks = channel.bookmarks.filter((one) => one !== bookmark);
  return {};
}

function list(call: SlackCall): JsonObject {
  const channel = visibleChannel(call, "channel_id");
  if (!isMember(channel, call.me) && !channel.is_archived) refuse("not_in_channel");
  return {
    bookmarks: channel.bookmarks.map((bookmark) => shownBookmark(bookmark, channel, call.state)),
  };
}

const fields = { channel_id: "string", emoji: "string", link: "string", title: "string" } as const;
const noChannel = { channel_id: "channel_not_found" };
const known = { ...noChannel, bookmark_id: "not_found" };
const write = { write: true, tier: 20, scopes: () => ["bookmarks:write"] } as const;

export const bookmarks: Readonly<Record<string, Method>> = {
  "bookmarks.add": {
    ...write,
    args: { ...fields, entity_id: "string", parent_id: "string", type: "string" },
    required: {
      ...noChannel,
      link: "invalid_arguments",
      title: "invalid_arguments",
      type: "invalid_arguments",
    },
    run: add,
  },
  "bookmarks.edit": {
    ...write,
    args: { ...fields, bookmark_id: "string" },
    required: known,
    run: edit,
  },
  "bookmarks.remove": {
    ...write,
    args: { bookmark_id: "string", channel_id: "string", quip_section_id: "string" },
    required: known,
    run: remove,
  },
  "bookmarks.list": {
    write: false,
    tier: 50,
    args: { channel_id: "string" },
    required: noChannel,
    scopes: () => ["bookmarks:read"],
    run: list,
  },
};
