import * as z from "zod";
import type { CredentialExchange } from "../../core/credential.ts";
import { once } from "../../core/once.ts";
import { lazySchema } from "../../core/schema.ts";

const id = once(() => z.union([z.int().min(1), z.string().min(1)]));
const settings = once(() => z.strictObject({ appId: id(), installationId: id() }));

/**
 * Tokens of a GitHub App's installation, which last an hour, for the app's private key.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
 */
export const githubApp: CredentialExchange = {
  settings: lazySchema(settings),
  parts: ["privateKey"],
  placeholder: "ghs_made_when_it_is_first_needed",
  wire: {
    // One more token does no harm, so that it may be asked for again.
    describe: () => ({
      name: "POST /app/installations/{installation_id}/access_tokens",
      write: false,
      idempotent: true,
    }),
  },
  check({ parts, sign }) {
    sign(parts.privateKey ?? "", "");
  },
  run: async (given) => (await import("./app-token.ts")).installationToken(given),
};
