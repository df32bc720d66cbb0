import type { Json } from "./json.ts";
import { dig, findReferences } from "./references.ts";
import { secretPaths } from "./secret-paths.ts";
import type { LoadedConfig } from "./settings.ts";

/** The environment variables that a value refers to. */
export function variablesIn(value: Json): string[] {
  return findReferences(value)
    .filter(({ parts }) => parts[0] === "env")
    .map(({ parts }) => parts.slice(1).join("."));
}

/** The environment variables that stand in secret fields of a configuration's steps. */
export function secretVariables({
  sequence,
  providers,
}: Pick<LoadedConfig, "sequence" | "providers">): string[] {
  return sequence.steps.flatMap(({ kind, integration, with: written }) => {
    const { provider } = sequence.integrations.find(({ id }) => id === integration)!;
    const found = providers.get(provider)?.kinds[kind.slice(kind.indexOf(".") + 1)];
    if (found === undefined) return [];
    return secretPaths(found.input, found.secrets).flatMap((path) =>
      variablesIn(dig(written, path) ?? null),
    );
  });
}
