import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type {
  CredentialSource,
  Fallback,
  FallbackRule,
  IntegrationSettings,
  RateLimit,
  RetryPolicy,
} from "../../core/sequence.ts";
import type { Values } from "./section.ts";

/** The settings that the values come to. */
export function settingsOf(
  values: Values,
  credentials: readonly CredentialSource[] | undefined,
): IntegrationSettings {
  const fallback = values.get("fallback")?.value as Fallback;
  const value = fallback === "default" ? values.get("fallbackValue")?.value : undefined;
  const rules = under(values, "fallbacks.");
  const operations = Object.entries(under(values, "retry.operations.")).map(
    ([match, settings]) => ({ match, settings: settings as unknown as Partial<RetryPolicy> }),
  );
  const limits = under(values, "rateLimits.", "written");
  return {
    fallback,
    ...(isObject(value) ? { fallbackValue: value as JsonObject } : {}),
    ...optional("fallbacks", rules as unknown as Record<string, FallbackRule>),
    health: group(values, "health") as unknown as IntegrationSettings["health"],
    retry: {
      ...(group(values, "retry") as unknown as IntegrationSettings["retry"]),
      ...(operations.length === 0 ? {} : { operations }),
      ...optional("budget", group(values, "retry.budget")),
    },
    timeouts: group(values, "timeouts") as unknown as IntegrationSettings["timeouts"],
    // The provider's own are more than numbers: it alone knows what counts how much.
    ...(Object.keys(limits).length === 0
      ? {}
      : {
          rateLimits: Object.entries(limits).map(([id, limit]) => ({
            id,
            ...(limit as unknown as Omit<RateLimit, "id">),
          })),
        }),
    ...optional("breaker", group(values, "breaker")),
    ...optional("bulkhead", group(values, "bulkhead")),
    cache: { ...group(values, "cache"), ttlMs: under(values, "cache.ttlMs.", "written") as never },
    ...(credentials === undefined ? {} : { credentials }),
    ...(values.has("endpoint") ? { endpoint: values.get("endpoint")?.value as string } : {}),
  };
}

/** The values right below a name. */
function group(values: Values, name: string): Record<string, Json> {
  const all = under(values, `${name}.`);
  return Object.fromEntries(Object.entries(all).filter(([key]) => !key.includes(".")));
}

/** By what follows the prefix; `written`: without what nobody has written. */
function under(values: Values, prefix: string, which?: "written"): Record<string, Json> {
  const found: [string, Json][] = [];
  for (const [leaf, { value, origin }] of values) {
    if (!leaf.startsWith(prefix)) continue;
    if (which === "written" && origin.kind === "default") continue;
    found.push([leaf.slice(prefix.length), value]);
  }
  return Object.fromEntries(found);
}

function optional<K extends string, T extends object>(key: K, value: T): { [name in K]?: T } {
  return Object.keys(value).length === 0 ? {} : ({ [key]: value } as { [name in K]: T });
}
