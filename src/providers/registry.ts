import type { AnyProvider } from "../core/provider.ts";

/** Every built-in provider, loaded when a sequence names it. */
export const registry: Record<string, () => Promise<AnyProvider>> = {
  http: async () => (await import("./http/provider.ts")).http,
};
