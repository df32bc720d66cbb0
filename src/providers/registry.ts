import type { AnyProvider } from "../core/provider.ts";

/** Every built-in provider, loaded when a sequence names it. */
export const registry: Record<string, () => Promise<AnyProvider>> = {
  github: async () => (await import("./github/provider.ts")).github,
  http: async () => (await import("./http/provider.ts")).http,
  notion: async () => (await import("./notion/provider.ts")).notion,
  slack: async () => (await import("./slack/provider.ts")).slack,
};
