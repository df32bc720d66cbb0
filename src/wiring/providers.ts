import { fail } from "../core/failure.ts";
import type { AnyProvider } from "../core/provider.ts";
import type { ProviderSource } from "../core/settings.ts";
import { registry } from "../providers/registry.ts";

/** The providers that a configuration may name: the built-in ones, and `own`, which come first. */
export function providersWith(own: readonly AnyProvider[] = []): ProviderSource {
  const given = new Map(own.map((provider) => [provider.id, provider]));
  return {
    ids: () => [...new Set([...given.keys(), ...Object.keys(registry)])],
    own: () => [...given.keys()],
    async load(id) {
      const load = Object.hasOwn(registry, id) ? registry[id] : undefined;
      const provider = given.get(id) ?? (await load?.());
      if (provider) return provider;
      const message = `There is no provider "${id}": nothing names it under \`providers\` in the project's settings, or they cannot be read.`;
      return fail("PROVIDER_NOT_FOUND", message);
    },
  };
}
