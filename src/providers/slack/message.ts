import { equal } from "../../core/json.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Change, Residue } from "../../core/step.ts";
import type { Api } from "./api.ts";
import { achieve, ask, refusal, type SlackClient } from "./client.ts";
import { otherMessages } from "./duplicates.ts";
import { markerOf } from "./find-message.ts";
import {
  asked,
  input,
  isAsAsked,
  type MessageInput,
  type MessageState,
  metadataOf,
  type SlackMessage,
  shownBy,
} from "./message-shape.ts";
import { permalink, read } from "./read-message.ts";

export const message: ResourceKind<MessageInput, MessageState, SlackClient> = {
  kind: "slack.message",
  input: lazySchema(input, "slack.message"),
  secrets: [],
  identity: ["channel", "marker", "text", "blocks", "pinned"],
  fields: ["ts", "channel", "text", "blocks", "pinned", "marker", "content", "url"],
  scopes: ({ pinned }) =>
    pinned === undefined ? ["chat:write"] : ["chat:write", "pins:read", "pins:write"],
  title: ({ text, marker }) => `message "${excerpt(text ?? marker ?? "blocks")}"`,
  key: ({ channel, marker }) => `message ${marker ?? ""} in ${channel}`,
  read,
  changes,
  apply,
  duplicates: otherMessages,
  undo,
};

function excerpt(text: string): string {
  const line =
    text
      .replace(/<[^<>|]+\|([^<>]+)>/g, "$1")
      .trim()
      .split("\n", 1)[0] ?? "";
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

function changes(input: MessageInput, now: MessageState): Change[] {
  const found: Change[] = [];
  const wanted = asked(input);
  if (!isAsAsked(now, wanted)) {
    const { text, blocks } = wanted;
    if (text !== now.text) found.push({ field: "text", from: now.text, to: text });
    if (!equal(blocks, now.blocks)) found.push({ field: "blocks", from: now.blocks, to: blocks });
  }
  if (input.pinned !== undefined && input.pinned !== now.pinned) {
    found.push({ field: "pinned", from: now.pinned, to: input.pinned });
  }
  return found;
}

async function apply(
  client: SlackClient,
  input: MessageInput,
  planned: MessageState | undefined,
  call: Call,
): Promise<MessageState> {
  const { channel } = input;
  const unseen = planned === undefined && client.unseen.delete(`messages of ${channel}`);
  const now = unseen ? await read(client, input, call) : planned;
  const wanted = asked(input);
  if (now) {
    const rewritten = changes(input, now).some(({ field }) => field !== "pinned");
    const content = rewritten ? wanted : {};
    return set(
      client,
      call,
      now,
      { ...now, ...content, pinned: input.pinned ?? now.pinned },
      input,
    );
  }
  const { text = "", blocks = [] } = input;
  const marker = markerOf(input, call);
  const metadata = metadataOf({ ...wanted, text, marker }, call.operation);
  const reply = await ask(client, call, "chat.postMessage", {
    channel,
    ...(text === "" ? {} : { text }),
    ...(blocks.length === 0 ? {} : { blocks }),
    metadata,
  } as Api["chat.postMessage"][0]);
  const ts = reply.ts ?? "";
  if (input.pinned) await achieve(client, call, "pins.add", { channel, timestamp: ts });
  return {
    ts,
    channel,
    ...shownBy({ text, ...(reply.message as SlackMessage | undefined), metadata }),
    pinned: input.pinned ?? false,
    marker,
    url: await permalink(client, call, channel, ts),
  };
}

/** Updates in place what differs; `written` has the text where `to` has it in another form. */
async function set(
  client: SlackClient,
  call: Call,
  now: MessageState,
  to: MessageState,
  written?: MessageInput,
): Promise<MessageState> {
  const { channel, ts } = now;
  let after = to;
  if (to.content !== now.content || to.text !== now.text || !equal(to.blocks, now.blocks)) {
    const text = written?.text ?? to.text;
    const metadata = to.content === "" ? undefined : metadataOf({ ...to, text }, call.operation);
    const reply = await ask(client, call, "chat.update", {
      channel,
      ts,
      // Left out they might be kept; an empty text or list takes them away.
      ...(text === "" && now.text === "" ? {} : { text }),
      ...(to.blocks.length + now.blocks.length === 0 ? {} : { blocks: to.blocks }),
      ...(metadata === undefined ? {} : { metadata }),
    } as Api["chat.update"][0]);
    const message = { text, ...(reply.message as SlackMessage | undefined) };
    if (metadata !== undefined) after = { ...to, ...shownBy({ ...message, metadata }) };
  }
  const pin = { channel, timestamp: ts };
  if (to.pinned && !now.pinned) await achieve(client, call, "pins.add", pin);
  if (!to.pinned && now.pinned) await achieve(client, call, "pins.remove", pin);
  return after;
}

async function undo(
  client: SlackClient,
  target: MessageState | undefined,
  now: MessageState,
  call: Call,
): Promise<Residue[]> {
  if (target !== undefined) {
    await set(client, call, now, target);
    return [];
  }
  try {
    await achieve(client, call, "chat.delete", { channel: now.channel, ts: now.ts });
    return [];
  } catch (error) {
    const word = refusal(error);
    if (word === "channel_not_found" || word === "is_archived") return [];
    if (word !== "cant_delete_message" && word !== "compliance_exports_prevent_deletion")
      throw error;
    return [
      {
        what: `message ${now.ts} in channel ${now.channel}`,
        why: `Slack refused to delete it: ${word}`,
        fix: "Somebody who may delete messages can delete it.",
        url: now.url,
        again: true,
      },
    ];
  }
}
