import * as z from "zod";
import { canonical, isObject, type Json } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { channelId } from "./fields.ts";
import { fingerprint, plainLines, sameText } from "./text.ts";

export const input = once(() =>
  z
    .strictObject({
      channel: channelId(),
      text: z
        .string()
        .min(1)
        .max(40_000)
        .optional()
        .describe("The message in Slack's markup; beside blocks what notifications show."),
      blocks: z
        .array(z.looseObject({ type: z.string() }))
        .min(1)
        .max(50, "a message has at most 50 blocks")
        .optional()
        .describe("Block Kit blocks, as on https://docs.slack.dev/reference/block-kit/blocks."),
      pinned: z
        .boolean()
        .optional()
        .describe("Whether it is pinned to the channel. Left out: as it is."),
      marker: z
        .string()
        .regex(/^[\w.-]{1,60}$/, "up to 60 letters, digits, - _ .")
        .optional()
        .describe(
          "Tells this message from others of the same channel, and finds it again when the step " +
            "is renamed. Needed for the second message in a channel. Left out: the step's own name.",
        ),
    })
    .refine(({ text, blocks }) => text !== undefined || blocks !== undefined, {
      error: "a message needs text or blocks",
      path: ["text"],
    }),
);

export type MessageInput = z.infer<ReturnType<typeof input>>;

export type MessageState = {
  /** Slack's name for a message within its channel: `1700000000.000100`. */
  ts: string;
  channel: string;
  text: string;
  blocks: Json[];
  pinned: boolean;
  marker: string;
  /** Fingerprint of the content that testx last sent; empty where the message does not tell. */
  content: string;
  /** Permalink. */
  url: string;
};

/** The part of a message that matters, as history, replies and pins have it. */
export interface SlackMessage {
  readonly ts?: string;
  readonly user?: string;
  readonly bot_id?: string;
  readonly text?: string;
  readonly blocks?: readonly unknown[];
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: unknown };
  /** Ids of the channels it is pinned to; not there on every service. */
  readonly pinned_to?: readonly string[];
}

const eventType = "testx_message";

/** More than Slack's limit for metadata leaves room for. */
const longestWords = 8000;

export interface Mark {
  readonly marker: string;
  readonly operation: string;
  readonly content: string;
  /** Slack makes blocks of plain text; these are not the user's. */
  readonly form: string;
  /** The content as it was written, unless that is too long. */
  readonly words?: string;
}

type Written = Pick<MessageState, "text" | "blocks">;
type Shown = Pick<MessageState, "text" | "blocks" | "content">;

/** What a message says of itself beside its text, visible to apps only. */
export function metadataOf(
  { marker, content, text, blocks }: Shown & Pick<MessageState, "marker">,
  operation: string,
): { event_type: string; event_payload: Record<string, string> } {
  const words = wordsOf({ text, blocks });
  const form = blocks.length === 0 ? "text" : "blocks";
  return {
    event_type: eventType,
    event_payload: { marker, operation, content, form, ...(words === undefined ? {} : { words }) },
  };
}

function wordsOf({ text, blocks }: Written): string | undefined {
  const words = canonical({ text, blocks });
  return words.length > longestWords ? undefined : words;
}

export function markOf({ metadata }: SlackMessage): Partial<Mark> | undefined {
  if (metadata?.event_type !== eventType) return undefined;
  return isObject(metadata.event_payload) ? metadata.event_payload : {};
}

/** What is asked for, as a message will show it once written. */
export function asked({ text = "", blocks = [] }: MessageInput): Shown {
  const written = { text, blocks: blocks as Json[] };
  const content = fingerprint(canonical(written));
  return { ...written, text: wordsOf(written) === undefined ? plainLines(text) : text, content };
}

/** What a message shows: in the words it was written in where it tells, else in Slack's. */
export function shownBy(message: SlackMessage): Shown {
  const mark = markOf(message);
  const content = mark?.content ?? "";
  const written = typeof mark?.words === "string" ? parseWords(mark.words) : undefined;
  if (written) return { ...written, content };
  const kept = (message.blocks ?? []) as Json[];
  const rich = kept.every((block) => isObject(block) && block.type === "rich_text");
  const generated = mark?.form === undefined ? rich : mark.form === "text";
  return { text: plainLines(message.text ?? ""), blocks: generated ? [] : kept, content };
}

function parseWords(words: string): Written | undefined {
  try {
    const { text, blocks } = JSON.parse(words);
    return typeof text === "string" && Array.isArray(blocks) ? { text, blocks } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a message has the content that is asked for. */
export function isAsAsked(now: Shown, wanted: Shown): boolean {
  if (now.content !== "") return now.content === wanted.content;
  return sameText(now.text, wanted.text || now.text) && sameShape(now.blocks, wanted.blocks);
}

/** Whether what Slack keeps has all that was asked for; it adds ids and defaults. */
function sameShape(kept: Json, wanted: Json): boolean {
  if (typeof wanted === "string") return typeof kept === "string" && sameText(kept, wanted);
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(kept) &&
      kept.length === wanted.length &&
      wanted.every((item, at) => sameShape(kept[at] ?? null, item))
    );
  }
  if (!isObject(wanted)) return kept === wanted;
  return (
    isObject(kept) &&
    Object.entries(wanted).every(([key, value]) =>
      sameShape((kept[key] ?? null) as Json, value as Json),
    )
  );
}
