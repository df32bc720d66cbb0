import type { BookmarksListResponse } from "@slack/web-api";
import * as z from "zod";
import { once } from "../../core/once.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import { isTwin } from "../../core/settle.ts";
import type { Change, Residue } from "../../core/step.ts";
import { achieve, ask, identify, refusal, type SlackClient } from "./client.ts";
import { channelId } from "./fields.ts";
import { plainText, sameText } from "./text.ts";

const input = once(() =>
  z.strictObject({
    channel: channelId(),
    title: z.string().min(1).describe("What the bookmark is called."),
    link: z
      .string()
      .regex(/^https?:\/\/\S+$/i, "an http or https address")
      .describe("Where it leads."),
    emoji: z
      .string()
      .regex(/^:[^:\s]+:$/, "an emoji's name between colons, as in :books:")
      .optional()
      .describe("Shown before the title, as in :books:. Left out: as it is."),
  }),
);

type BookmarkInput = z.infer<ReturnType<typeof input>>;

type BookmarkState = {
  id: string;
  channel: string;
  title: string;
  link: string;
  /** Empty: none. */
  emoji: string;
};

type SlackBookmark = NonNullable<BookmarksListResponse["bookmarks"]>[number];

export const bookmark: ResourceKind<BookmarkInput, BookmarkState, SlackClient> = {
  kind: "slack.bookmark",
  input: lazySchema(input, "slack.bookmark"),
  secrets: [],
  identity: ["channel", "title", "link"],
  fields: ["id", "channel", "title", "link", "emoji"],
  scopes: ["bookmarks:read", "bookmarks:write"],
  title: (input) => `bookmark "${input.title}"`,
  key: (input) => `bookmark ${href(input.link)} in ${input.channel}`,
  read,
  changes,
  apply,
  duplicates,
  undo,
};

async function read(
  client: SlackClient,
  input: BookmarkInput,
  call: Call,
): Promise<BookmarkState | undefined> {
  const { channel } = input;
  const all = await call.shared(`slack.bookmarks:${channel}`, () => list(client, call, channel));
  const linked = all.filter(({ link }) => link !== undefined && href(link) === href(input.link));
  const known = call.receipt?.channel === channel ? call.receipt.id : undefined;
  const found =
    all.find(({ id }) => id !== undefined && id === known) ??
    linked.find(({ title }) => sameText(title ?? "", input.title)) ??
    linked[0];
  return found && observe(input, channel, found);
}

async function list(client: SlackClient, call: Call, channel: string): Promise<SlackBookmark[]> {
  try {
    return (await ask(client, call, "bookmarks.list", { channel_id: channel })).bookmarks ?? [];
  } catch (error) {
    const word = refusal(error);
    if (word !== "channel_not_found" && word !== "not_in_channel") throw error;
    if (word === "not_in_channel" && call.compares) throw error;
    // The step before will let the bot join; until then nobody can look.
    if (word === "not_in_channel") client.unseen.add(`bookmarks of ${channel}`);
    return [];
  }
}

function observe(
  input: Pick<BookmarkInput, "title" | "link">,
  channel: string,
  { id = "", title = "", link = "", emoji }: SlackBookmark,
): BookmarkState {
  return {
    id,
    channel,
    title: sameText(title, input.title) ? input.title : plainText(title),
    link: href(link) === href(input.link) ? input.link : link,
    emoji: emoji ?? "",
  };
}

/** Slack keeps addresses in a normal form: a host alone gains a slash. */
function href(link: string): string {
  const plain = plainText(link);
  return URL.canParse(plain) ? new URL(plain).href : plain;
}

function changes(input: BookmarkInput, now: BookmarkState): Change[] {
  const found: Change[] = [];
  for (const field of ["title", "link", "emoji"] as const) {
    const to = input[field];
    if (to !== undefined && to !== now[field]) found.push({ field, from: now[field], to });
  }
  return found;
}

async function apply(
  client: SlackClient,
  input: BookmarkInput,
  planned: BookmarkState | undefined,
  call: Call,
): Promise<BookmarkState> {
  const { channel, title, link, emoji } = input;
  const unseen = planned === undefined && client.unseen.delete(`bookmarks of ${channel}`);
  const now = unseen ? await read(client, input, call) : planned;
  const fields = { title, link, ...(emoji === undefined ? {} : { emoji }) };
  if (now === undefined) {
    const asked = { channel_id: channel, type: "link" as const, ...fields };
    const reply = await ask(client, call, "bookmarks.add", asked);
    return observe(input, channel, { ...fields, ...reply.bookmark });
  }
  const differing = changes(input, now).map(({ field, to }) => [field, to]);
  if (differing.length === 0) return now;
  const edited = Object.fromEntries(differing) as Partial<typeof fields>;
  const at = { channel_id: channel, bookmark_id: now.id };
  const reply = await ask(client, call, "bookmarks.edit", { ...at, ...edited });
  return observe(input, channel, { ...now, ...edited, ...reply.bookmark });
}

/** The same bookmark once more, set by this bot about when it set the one that is kept. */
async function duplicates(
  client: SlackClient,
  input: BookmarkInput,
  now: BookmarkState,
  call: Call,
): Promise<BookmarkState[]> {
  const { channel } = input;
  const me = await identify(client, call);
  const all = await call.shared(`slack.bookmarks:${channel}`, () => list(client, call, channel));
  const made = (one: SlackBookmark): number => (one.date_created ?? 0) * 1000;
  const kept = all.find(({ id }) => id === now.id);
  if (kept === undefined) return [];
  return all
    .filter((one) => one.id !== now.id && one.last_updated_by_user_id === me.userId)
    .filter((one) => isTwin(made(kept), made(one)))
    .map((one) => observe(input, channel, one))
    .filter((one) => changes(input, one).length === 0);
}

async function undo(
  client: SlackClient,
  target: BookmarkState | undefined,
  now: BookmarkState,
  call: Call,
): Promise<Residue[]> {
  const at = { channel_id: now.channel, bookmark_id: now.id };
  if (target !== undefined) {
    const { title, link, emoji } = target;
    const mark = emoji === now.emoji ? {} : { emoji };
    await ask(client, call, "bookmarks.edit", { ...at, title, link, ...mark });
    return [];
  }
  try {
    await achieve(client, call, "bookmarks.remove", at);
  } catch (error) {
    // With its channel gone or archived, so is the bookmark.
    if (!["channel_not_found", "is_archived"].includes(refusal(error) ?? "")) throw error;
  }
  return [];
}
