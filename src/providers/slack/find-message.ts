import type { Call } from "../../core/provider.ts";
import { find, type Identity, identify, pages, type SlackClient } from "./client.ts";
import { type MessageInput, markOf, type SlackMessage } from "./message-shape.ts";
import { sameText } from "./text.ts";

const nowhere = ["channel_not_found"];

/** The step's message: by the receipt if it is still there, else by its marker. */
export async function findMessage(
  client: SlackClient,
  input: MessageInput,
  call: Call,
): Promise<SlackMessage | undefined> {
  const { channel } = input;
  const receipt = call.receipt?.channel === channel ? call.receipt.ts : undefined;
  if (typeof receipt === "string") {
    const at = { latest: receipt, oldest: receipt, inclusive: true, limit: 1 };
    const asked = { channel, include_all_metadata: true, ...at };
    const reply = await find(client, call, "conversations.history", asked, nowhere);
    if (reply === undefined) return undefined;
    const found = (reply.messages as SlackMessage[] | undefined)?.find(({ ts }) => ts === receipt);
    if (found) return found;
  }
  const me = await identify(client, call);
  const history = await call.shared(`slack.history:${channel}`, async () => {
    return new History(client, call, channel);
  });
  return history.find((message) => isOwn(me, message) && isThis(message, input, call));
}

/** Whether the bot itself has written it. */
export function isOwn(me: Pick<Identity, "userId" | "botId">, message: SlackMessage): boolean {
  return message.user === me.userId || (me.botId !== undefined && message.bot_id === me.botId);
}

/** Whether a message by the bot is the step's. */
export function isThis(message: SlackMessage, input: MessageInput, call: Call): boolean {
  const mark = markOf(message);
  if (mark) return mark.marker === markerOf(input, call);
  // A service that keeps no metadata: the same words by this bot are this message.
  return !message.metadata && input.text !== undefined && sameText(message.text ?? "", input.text);
}

export function markerOf(input: MessageInput, call: Pick<Call, "step">): string {
  return input.marker ?? call.step;
}

/** A channel's messages, newest first, loaded as far back as somebody had to look. */
class History {
  readonly #pages: AsyncGenerator<{ messages?: unknown[] }>;
  readonly #loaded: SlackMessage[] = [];
  #loading: Promise<boolean> | undefined;

  constructor(client: SlackClient, call: Pick<Call, "signal">, channel: string) {
    this.#pages = pages(client, call, "conversations.history", {
      channel,
      include_all_metadata: true,
    });
  }

  async find(matches: (message: SlackMessage) => boolean): Promise<SlackMessage | undefined> {
    for (let at = 0; ; at++) {
      while (at >= this.#loaded.length) {
        if (!(await this.#more())) return undefined;
      }
      const message = this.#loaded[at];
      if (message && matches(message)) return message;
    }
  }

  /** Loads one more page, for all who wait for it; false at the end. */
  #more(): Promise<boolean> {
    this.#loading ??= this.#pages.next().then(({ done, value }) => {
      this.#loading = undefined;
      if (!done) this.#loaded.push(...((value.messages ?? []) as SlackMessage[]));
      return done !== true;
    });
    return this.#loading;
  }
}
