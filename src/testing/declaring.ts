import type { Schema } from "../core/schema.ts";
import { secretPaths } from "../core/secret-paths.ts";
import { ensureEqual } from "./assert.ts";
import type { Property } from "./property.ts";

/** What is declared so that nobody has to find it out at every start is what would be found. */
export const declaredByKind: Property = {
  name: "declares as secrets what its schema marks as such",
  exempt: ({ kind }) => (kind.secrets === undefined ? "it declares none" : undefined),
  check: async ({ kind }) => compare(kind.input, kind.secrets),
};

export const declaredByProvider: Property = {
  name: "declares as secrets of its config what the schema marks as such",
  exempt: ({ provider }) => (provider.configSecrets === undefined ? "it declares none" : undefined),
  check: async ({ provider }) => compare(provider.config, provider.configSecrets),
};

function compare(schema: Schema<unknown>, declared: readonly string[] | undefined): void {
  const names = (paths: ReturnType<typeof secretPaths>) => paths.map(String).sort();
  ensureEqual(names(secretPaths(schema, declared)), names(secretPaths(schema)), "the secrets");
}
