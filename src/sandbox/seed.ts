import { fail } from "../core/failure.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { AnyService } from "../core/stand-in.ts";

const forbidden: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * The state a sandbox begins with. A seed is an object by service id; each value is merged into
 * that service's initial state: objects merge, key by key and at every depth; anything else,
 * null and arrays included, replaces what was there.
 * @throws TestxError SANDBOX_SEED_INVALID, naming every problem
 */
export function seededStates(
  services: readonly AnyService[],
  seed: JsonObject,
): Record<string, JsonObject> {
  const problems: string[] = [];
  const ids = services.map((service) => service.id);
  for (const key of Object.keys(seed)) {
    if (!ids.includes(key)) problems.push(`"${key}" is not a service (${ids.join(", ")})`);
  }
  const states = services.map((service): [string, JsonObject] => {
    const initial = service.initial() as JsonObject;
    const patch = Object.hasOwn(seed, service.id) ? seed[service.id] : {};
    problems.push(...mismatches(service.id, initial, patch as Json));
    // A copy: the service changes its state in place, and the seed must outlive that.
    return [service.id, merge(initial, structuredClone(patch) as Json) as JsonObject];
  });
  if (problems.length > 0) {
    fail("SANDBOX_SEED_INVALID", `the seed does not fit: ${problems.join("; ")}`, {
      details: { problems },
    });
  }
  return Object.fromEntries(states);
}

function mismatches(id: string, initial: JsonObject, patch: Json): string[] {
  if (!isObject(patch)) return [`${id} must be an object`];
  const problems = forbiddenKeys(id, patch as Json);
  for (const [key, value] of Object.entries(patch)) {
    if (!Object.hasOwn(initial, key)) {
      problems.push(`${id}.${key} is not part of its state (${Object.keys(initial).join(", ")})`);
    } else if (initial[key] !== null && shape(value as Json) !== shape(initial[key] as Json)) {
      problems.push(`${id}.${key} must be ${shape(initial[key] as Json)}`);
    }
  }
  return problems;
}

function forbiddenKeys(path: string, value: Json): string[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(forbidden.has(key) ? [`${path}.${key} is not allowed`] : []),
    ...forbiddenKeys(`${path}.${key}`, inner),
  ]);
}

function shape(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function merge(base: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: Record<string, Json> = isObject(base) ? { ...(base as JsonObject) } : {};
  for (const [key, value] of Object.entries(patch as JsonObject)) {
    if (forbidden.has(key)) continue;
    merged[key] = merge(Object.hasOwn(merged, key) ? (merged[key] as Json) : null, value);
  }
  return merged;
}
