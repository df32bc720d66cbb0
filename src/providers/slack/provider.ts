import * as z from "zod";
import { failure } from "../../core/failure.ts";
import { once } from "../../core/once.ts";
import type { Call, Health, Provider } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import { bookmark } from "./bookmark.ts";
import { channel } from "./channel.ts";
import { classify, refusal } from "./classify.ts";
import { connect, identify, type SlackClient } from "./client.ts";
import { limits } from "./limits.ts";
import { members } from "./members.ts";
import { message } from "./message.ts";
import { slackRefresh } from "./refresh.ts";
import { wire } from "./wire.ts";

const config = once(() =>
  z.strictObject({
    workspace: z
      .string()
      .regex(/^[a-z0-9-]+$/, "the part before .slack.com")
      .optional()
      .describe(
        "The workspace the token must be for: acme for https://acme.slack.com. Left out: any.",
      ),
  }),
);

export type SlackConfig = z.infer<ReturnType<typeof config>>;

export const slack: Provider<SlackConfig, SlackClient> = {
  id: "slack",
  title: "Slack",
  config: lazySchema(config, "slack"),
  configSecrets: [],
  secrets: [
    {
      env: "SLACK_BOT_TOKEN",
      title: "Slack bot token",
      help:
        "Create an app at https://api.slack.com/apps, give its bot the scopes channels:manage, " +
        "channels:read, channels:join, channels:history, chat:write, pins:read, pins:write, " +
        "bookmarks:read, bookmarks:write, users:read and users:read.email (for private channels " +
        "also groups:read, groups:write and groups:history), install it, and copy its Bot User " +
        "OAuth Token.",
      // Slack's begin with xoxb-; other servers that speak its API have tokens of their own.
      prefixes: [],
    },
  ],
  endpoint: { env: "SLACK_API_URL", url: "https://slack.com/api/" },
  timeouts: { connectMs: 10_000, totalMs: 15_000 },
  concurrency: { reads: 6, writes: 3 },
  limits,
  wire,
  forecast: async () => (await import("./forecast.ts")).forecast,
  kinds: { channel, members, bookmark, message },
  connect,
  health,
  classify: (error) => classify(error),
  refusal,
  exchanges: { slackRefresh },
};

async function health(client: SlackClient, call: Call): Promise<Health> {
  client.identity = undefined;
  try {
    const { user, team, url, scopes } = await identify(client, call);
    const known = { account: `${user} @ ${team}`, ...(scopes ? { scopes } : {}) };
    const { workspace } = client;
    if (workspace === undefined || url.includes(`//${workspace}.`)) {
      return { status: "healthy", ...known };
    }
    const text = `The Slack token is for ${url}, not for the workspace "${workspace}".`;
    return {
      status: "down",
      ...known,
      message: text,
      failure: failure("SLACK_WRONG_WORKSPACE", text, { details: { url, workspace } }),
    };
  } catch (error) {
    const cause = classify(error);
    return { status: "down", message: cause.message, failure: cause };
  }
}
