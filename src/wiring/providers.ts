import { fail } from "../core/failure.ts";
import type { AnyProvider } from "../core/provider.ts";
import type { ProviderSource } from "../core/settings.ts";
import { heldTo } from "../platform/config/own-providers.ts";
import { registry } from "../providers/registry.ts";

/**
 * The providers that a configuration may name: the built-in ones, and `own`, which come first.
 * @param folder the project: where in it a mistake of theirs is, is told
 */
export function providersWith(own: readonly AnyProvider[] = [], folder = ""): ProviderSource {
  const given = new Map(own.map((provider) => [provider.id, provider]));
  const held = new Map<string, Promise<AnyProvider>>();
  return {
    ids: () => [...new Set([...given.keys(), ...Object.keys(registry)])],
    own: () => [...given.keys()],
    async load(id) {
      const mine = given.get(id);
      if (mine !== undefined) {
        const known = held.get(id) ?? heldTo(mine, id, "What `providers` gave", folder);
        held.set(id, known);
        return known;
      }
      const load = Object.hasOwn(registry, id) ? registry[id] : undefined;
      const provider = await load?.();
      if (provider) return provider;
      const message = `There is no provider "${id}": nothing names it under \`providers\` in the project's settings, or they cannot be read.`;
      return fail("PROVIDER_NOT_FOUND", message);
    },
  };
}
