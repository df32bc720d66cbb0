import type { Call } from "../../core/provider.ts";
import { longestStepMs } from "../../core/settle.ts";
import { identify, pages, type SlackClient } from "./client.ts";
import { isOwn, isThis } from "./find-message.ts";
import type { MessageInput, MessageState, SlackMessage } from "./message-shape.ts";
import { observe } from "./read-message.ts";

/** Messages with the step's marker, by this bot, from about the time of the one that is kept. */
export async function otherMessages(
  client: SlackClient,
  input: MessageInput,
  now: MessageState,
  call: Call,
): Promise<MessageState[]> {
  const me = await identify(client, call);
  const oldest = String(Number(now.ts) - longestStepMs / 1000);
  const asked = { channel: now.channel, include_all_metadata: true, oldest };
  const found: SlackMessage[] = [];
  for await (const page of pages(client, call, "conversations.history", asked)) {
    for (const message of (page.messages ?? []) as SlackMessage[]) {
      const other = message.ts !== now.ts && isOwn(me, message);
      if (other && isThis(message, input, call)) found.push(message);
    }
  }
  return Promise.all(found.map((message) => observe(client, input, call, message)));
}
