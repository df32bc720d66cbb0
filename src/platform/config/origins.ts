import { cacheAddressText } from "../../core/cache-url.ts";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { AnyProvider } from "../../core/provider.ts";
import type { EffectiveValue, ValueOrigin } from "../../core/settings.ts";
import { variablesIn } from "../../core/validate/references.ts";
import { withoutQuery } from "../../core/web-address.ts";
import type { Document } from "./document.ts";
import type { Environment, Given } from "./environment.ts";

type Values = ReadonlyMap<string, Given>;

export interface EffectiveParts {
  readonly sequence: Document;
  readonly switches: Values;
  readonly state: Given | undefined;
  /** By integration. */
  readonly settings: ReadonlyMap<string, Values>;
  readonly providers: ReadonlyMap<string, AnyProvider>;
  readonly environment: Environment;
  /** Names of the environment variables that credentials come from. */
  readonly credentials: readonly string[];
}

const byDefault: ValueOrigin = { kind: "default" };
const addresses: ReadonlySet<string> = new Set(["endpoint", "health.url"]);

/** Every value that holds and where it came from; of secrets only whether they are set. */
export function effectiveValues(parts: EffectiveParts): EffectiveValue[] {
  const { sequence, environment } = parts;
  const rows: EffectiveValue[] = [];
  const add = (path: string, value: Json, origin: ValueOrigin) => {
    const variables = variablesIn({ value }).map((name) => ({
      name,
      set: environment.isSet(name),
    }));
    rows.push({ path, value, origin, ...(variables.length > 0 ? { variables } : {}) });
  };
  for (const [name, { value, origin }] of parts.switches) {
    const shown = name === "cacheUrl" ? cacheAddressText(String(value)) : value;
    add(`switches.${name}`, shown, origin);
  }
  add("state", parts.state?.value ?? ".testx", parts.state?.origin ?? byDefault);

  const integrations = members(members(sequence.value).integrations);
  for (const [id, entry] of Object.entries(integrations)) {
    const base = ["integrations", id];
    const { required, dependsOn, onFailure: _, steps, ...rest } = members(entry);
    const written = (path: string[], value: Json) => {
      for (const leaf of leaves(path, value))
        add(leaf.path.join("."), leaf.value, sequence.origin(leaf.path));
    };
    const optional = (key: string, value: Json | undefined, standard: Json) => {
      if (value === undefined) add([...base, key].join("."), standard, byDefault);
      else add([...base, key].join("."), value, sequence.origin([...base, key]));
    };
    written(base, rest);
    optional("required", required, true);
    optional("dependsOn", dependsOn, []);
    for (const [leaf, { value, origin }] of parts.settings.get(id) ?? []) {
      const shown = addresses.has(leaf) ? addressText(String(value)) : value;
      add([...base, leaf].join("."), shown, origin);
    }
    written([...base, "steps"], steps ?? {});
  }
  const ofProviders = [...parts.providers.values()].flatMap(({ secrets }) => secrets);
  for (const name of new Set([...ofProviders.map(({ env }) => env), ...parts.credentials])) {
    const isSet = environment.isSet(name);
    rows.push({
      path: `secrets.${name}`,
      value: isSet ? "set" : "not set",
      origin: isSet ? { kind: "environment", name } : byDefault,
    });
  }
  return rows;
}

/** Values that are no objects, with their paths; a list is one value. */
function leaves(path: string[], value: Json): { path: string[]; value: Json }[] {
  if (!isObject(value)) return [{ path, value }];
  return Object.entries(value as JsonObject).flatMap(([key, item]) => leaves([...path, key], item));
}

/** A query may hold a secret. */
function addressText(url: string): string {
  const bare = withoutQuery(url);
  return new URL(url).search === "" ? url : `${bare}?…`;
}

function members(value: Json | undefined): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}
