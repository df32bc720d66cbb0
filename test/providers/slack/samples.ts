import type { JsonObject } from "../../../src/core/json.ts";
import type { ProviderSamples } from "../../support/samples.ts";

/** A call past testx, as a person's client would make it. */
async function byHand(
  environment: Readonly<Record<string, string>>,
  method: string,
  args: JsonObject,
): Promise<void> {
  const reply = await fetch(`${environment.SLACK_API_URL}${method}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${environment.SLACK_BOT_TOKEN}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(args),
  });
  const body = (await reply.json()) as { ok: boolean; error?: string };
  if (!body.ok) throw new Error(`${method} by hand: ${body.error}`);
}

const channel = { name: "channel", kind: "channel", input: { name: "crew" } };

export const samples: ProviderSamples = {
  config: {},
  kinds: {
    channel: {
      input: { name: "dev", topic: "Ship & tell <daily> https://example.com", purpose: "All of dev" },
      changed: { name: "dev", topic: "Ship it 🚀", purpose: "Everything" },
      deleteByHand: ({ environment, state }) =>
        byHand(environment, "conversations.archive", { channel: state.id as string }),
    },
    members: {
      needs: [channel],
      input: ({ receipts }) => ({
        channel: receipts.channel?.id as string,
        members: ["priya@example.com", "U0JONAS"],
      }),
      changed: ({ receipts }) => ({
        channel: receipts.channel?.id as string,
        members: ["priya@example.com", "U0JONAS", "Tomas@example.com"],
      }),
      async deleteByHand({ environment, state }) {
        for (const user of state.members as string[]) {
          await byHand(environment, "conversations.kick", { channel: state.channel as string, user });
        }
      },
    },
    bookmark: {
      needs: [channel],
      input: ({ receipts }) => ({
        channel: receipts.channel?.id as string,
        title: "Docs & more",
        link: "https://docs.example.com",
        emoji: ":books:",
      }),
      changed: ({ receipts }) => ({
        channel: receipts.channel?.id as string,
        title: "Handbook",
        link: "https://docs.example.com",
      }),
      deleteByHand: ({ environment, state }) =>
        byHand(environment, "bookmarks.remove", {
          channel_id: state.channel as string,
          bookmark_id: state.id as string,
        }),
    },
    message: {
      needs: [channel],
      input: ({ receipts }) => ({
        channel: receipts.channel?.id as string,
        text: "Welcome 👋 & read https://docs.example.com",
        pinned: true,
      }),
      changed: ({ receipts }) => ({
        channel: receipts.channel?.id as string,
        text: "Welcome back",
        blocks: [{ type: "section", text: { type: "mrkdwn", text: "*Welcome* back & enjoy" } }],
        pinned: false,
      }),
      deleteByHand: ({ environment, state }) =>
        byHand(environment, "chat.delete", {
          channel: state.channel as string,
          ts: state.ts as string,
        }),
    },
  },
};
