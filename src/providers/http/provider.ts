import * as z from "zod";
import type { Fetch } from "../../core/http.ts";
import type { Provider } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import { check } from "./check.ts";
import { classify } from "./classify.ts";

/** Watches services that testx does not set up: each step looks at one address. */
export const http: Provider<Record<string, never>, Fetch> = {
  id: "http",
  title: "HTTP",
  config: lazySchema(() => z.strictObject({}), "http"),
  configSecrets: [],
  secrets: [],
  timeouts: { connectMs: 10_000, totalMs: 45_000 },
  concurrency: { reads: 8, writes: 1 },
  limits: [{ id: "requests", requests: 300, perMs: 60_000, burst: 60 }],
  wire: {
    body: "any",
    describe: ({ method, url }) => ({
      name: `${method} ${url.host}${url.pathname}`,
      write: false,
      idempotent: true,
    }),
    // Any whole answer is one to compare, a redirect or a refusal too; a server that is in
    // trouble or busy is asked again before it counts.
    judge: (_request, { status }) =>
      status < 500 && status !== 429 ? { outcome: "applied", transient: false } : undefined,
  },
  kinds: { check },
  connect: async (_config, { fetch }) => fetch,
  // There is no account to ask about: the steps themselves are the checks.
  health: async () => ({ status: "healthy" }),
  classify,
};
