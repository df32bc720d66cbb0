import type { JsonObject } from "../../../src/core/json.ts";
import { adminToken } from "../../../src/sandbox/slack/state.ts";
import type { ProviderSamples } from "../../support/samples.ts";

/** A call past testx, as a person's client would make it. */
async function byHand(
  environment: Readonly<Record<string, string>>,
  method: string,
  args: JsonObject,
  token = environment.SLACK_BOT_TOKEN,
): Promise<void> {
  const reply = await fetch(`${environment.SLACK_API_URL}${method}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
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
      input: {
        name: "dev",
        topic: "Ship & tell <daily> https://example.com",
        purpose: "All of dev",
      },
      changed: { name: "dev", topic: "Ship it 🚀" },
      deleteByHand: ({ environment, state }) =>
        byHand(
          environment,
          "admin.conversations.delete",
          { channel_id: state.id as string },
          adminToken,
        ),
      alterByHand: ({ environment, state }) =>
        byHand(environment, "conversations.setPurpose", {
          channel: state.id as string,
          purpose: "Dev & friends",
        }),
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
        for (const user of Object.values(state.ids as Record<string, string>)) {
          await byHand(environment, "conversations.kick", {
            channel: state.channel as string,
            user,
          });
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
      alterByHand: ({ environment, state }) =>
        byHand(environment, "bookmarks.edit", {
          channel_id: state.channel as string,
          bookmark_id: state.id as string,
          emoji: ":wave:",
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
      }),
      deleteByHand: ({ environment, state }) =>
        byHand(environment, "chat.delete", {
          channel: state.channel as string,
          ts: state.ts as string,
        }),
      alterByHand: ({ environment, state }) =>
        byHand(environment, "pins.remove", {
          channel: state.channel as string,
          timestamp: state.ts as string,
        }),
    },
  },
};
