import type { Call } from "../../core/provider.ts";
import { archiveUrl, find, refusal, type SlackClient, sameWorkspace } from "./client.ts";
import { findMessage, markerOf } from "./find-message.ts";
import {
  type MessageInput,
  type MessageState,
  markOf,
  type SlackMessage,
  shownBy,
} from "./message-shape.ts";

export async function read(
  client: SlackClient,
  input: MessageInput,
  call: Call,
): Promise<MessageState | undefined> {
  try {
    const found = await findMessage(client, input, call);
    if (found) return await observe(client, input, call, found);
    await sameWorkspace(client, call);
    return undefined;
  } catch (error) {
    if (refusal(error) !== "not_in_channel" || call.compares) throw error;
    // The step before will let the bot join; until then nobody can look.
    client.unseen.add(`messages of ${input.channel}`);
    return undefined;
  }
}

export async function observe(
  client: SlackClient,
  input: MessageInput,
  call: Call,
  found: SlackMessage,
): Promise<MessageState> {
  const { channel } = input;
  const ts = found.ts ?? "";
  return {
    ts,
    channel,
    ...shownBy(found),
    pinned:
      found.pinned_to?.includes(channel) === true ||
      (input.pinned !== undefined && (await isPinned(client, call, channel, ts))),
    marker: markOf(found)?.marker ?? markerOf(input, call),
    url: await permalink(client, call, channel, ts),
  };
}

async function isPinned(
  client: SlackClient,
  call: Call,
  channel: string,
  ts: string,
): Promise<boolean> {
  const pins = await call.shared(`slack.pins:${channel}`, () =>
    // Nothing is pinned on a server that has no pins.
    find(client, call, "pins.list", { channel }, ["unknown_method"]),
  );
  return pins?.items?.some(({ message }) => message?.ts === ts) === true;
}

/** The form that chat.getPermalink gives, without asking it. */
export async function permalink(
  client: SlackClient,
  call: Call,
  channel: string,
  ts: string,
): Promise<string> {
  return `${await archiveUrl(client, call, channel)}/p${ts.replace(".", "")}`;
}
