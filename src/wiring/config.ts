import type { JsonObject } from "../core/json.ts";
import type { LoadedConfig } from "../core/settings.ts";
import { providersOf } from "./own-providers.ts";
import type { World } from "./world.ts";

/** Reads the configuration when it is asked to, and nothing else. */
export function configReader(
  world: Pick<World, "cwd" | "config" | "env" | "providers" | "valid">,
): () => Promise<LoadedConfig> {
  return async () => (await import("../platform/config/load.ts")).loadConfig(world);
}

/** The JSON Schema of a configuration file; that of the sequence knows every provider. */
export async function schemaOf(
  file: "sequence" | "health" | "retry" | "fallback" | "project" | "scenarios",
  world: Pick<World, "cwd" | "config" | "providers">,
): Promise<JsonObject> {
  const { jsonSchema } = await import("../platform/config/json-schema.ts");
  const providers = file === "sequence" ? await providersOf(world) : world.providers;
  const ids = file === "sequence" ? providers.ids() : [];
  return jsonSchema(file, await Promise.all(ids.map(providers.load)));
}
