import type { Provider } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import { githubApp } from "./app.ts";
import { type Client, connect } from "./client.ts";
import { environment } from "./environment.ts";
import { classify, refusal } from "./failures.ts";
import { file } from "./file.ts";
import { health } from "./health.ts";
import { type Config, configSchema } from "./inputs.ts";
import { issue } from "./issue.ts";
import { label } from "./label.ts";
import { limits } from "./limits.ts";
import { milestone } from "./milestone.ts";
import { repository } from "./repository.ts";
import { secret } from "./secret.ts";
import { variable } from "./variable.ts";
import { webhook } from "./webhook.ts";
import { wire } from "./wire.ts";

export const github: Provider<Config, Client> = {
  id: "github",
  title: "GitHub",
  config: lazySchema(configSchema, "github"),
  configSecrets: [],
  secrets: [
    {
      env: "GITHUB_TOKEN",
      title: "GitHub token",
      help: "Make a fine-grained token for the repository at https://github.com/settings/personal-access-tokens/new, with read and write access to what the steps set up.",
      // Enterprise servers and older tokens have none of the usual beginnings.
      prefixes: [],
    },
  ],
  endpoint: { env: "GITHUB_API_URL", url: "https://api.github.com" },
  timeouts: { connectMs: 10_000, totalMs: 30_000 },
  // GitHub asks for serial writes: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
  concurrency: { reads: 10, writes: 1 },
  // GitHub ends a request after 10 s of work.
  settleMs: 10_000,
  limits,
  wire,
  forecast: async () => (await import("./forecast.ts")).forecast,
  kinds: { repository, label, milestone, variable, secret, webhook, issue, file, environment },
  connect,
  health,
  classify,
  refusal,
  exchanges: { githubApp },
};
