import * as z from "zod";
import { once } from "../../core/once.ts";
import type { Provider } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import { classify, refusal } from "./classify.ts";
import { connect, type NotionClient } from "./client.ts";
import { database } from "./database.ts";
import { entry } from "./entry.ts";
import { limits } from "./limits.ts";
import { page } from "./page.ts";
import { wire } from "./wire.ts";

const config = once(() =>
  z.strictObject({}).describe("Notion needs nothing here; its token is NOTION_TOKEN."),
);
type Config = z.infer<ReturnType<typeof config>>;

export const notion: Provider<Config, NotionClient> = {
  id: "notion",
  title: "Notion",
  config: lazySchema(config, "notion"),
  configSecrets: [],
  secrets: [
    {
      env: "NOTION_TOKEN",
      title: "Notion integration token",
      help: "Create an internal integration at https://www.notion.so/profile/integrations with read, update and insert content, copy its secret, and share the parent page with it (••• → Connections).",
      // Tokens begin with ntn_ or secret_; proxies and stand-ins have their own.
      prefixes: [],
    },
  ],
  endpoint: { env: "NOTION_API_URL", url: "https://api.notion.com" },
  // Notion answers a request that takes longer than 60 s with a 503.
  timeouts: { connectMs: 10_000, totalMs: 65_000 },
  settleMs: 60_000,
  concurrency: { reads: 5, writes: 3 },
  limits,
  wire,
  forecast: async () => (await import("./forecast.ts")).forecast,
  kinds: { page, database, entry },
  connect: (_, deps) => connect(deps),

  async health(client) {
    const user = await client.api.users.me({});
    const bot = user.type === "bot" ? (user.bot as { workspace_name?: string | null }) : undefined;
    const workspace = bot?.workspace_name ?? "";
    const name = user.name ?? "a bot without a name";
    return { status: "healthy", account: workspace === "" ? name : `${name} @ ${workspace}` };
  },

  classify,
  refusal,
};
