import type { ConversationsListResponse } from "@slack/web-api";
import type { Call } from "../../core/provider.ts";
import { pages, type SlackClient } from "./client.ts";

export type SlackChannel = NonNullable<ConversationsListResponse["channels"]>[number];

export type ChannelType = "private_channel" | "public_channel";

/** All channels of these types that the bot can see, archived ones included; one list for all steps. */
export function listChannels(
  client: SlackClient,
  call: Call,
  types: readonly ChannelType[],
): Promise<SlackChannel[]> {
  const asked = types.join(",");
  return call.shared(`slack.channels:${asked}`, () => loadChannels(client, call, types));
}

/** The same, asked anew: what a refused write says about them is newer than any earlier list. */
export async function loadChannels(
  client: SlackClient,
  call: Pick<Call, "signal">,
  types: readonly ChannelType[],
): Promise<SlackChannel[]> {
  const found: SlackChannel[] = [];
  const args = { types: types.join(","), exclude_archived: false };
  for await (const page of pages(client, call, "conversations.list", args)) {
    found.push(...(page.channels ?? []));
  }
  return found;
}
