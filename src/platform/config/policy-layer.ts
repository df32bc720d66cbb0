import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Path } from "../../core/validate/problem.ts";
import { milliseconds } from "./duration.ts";
import type { Given } from "./environment.ts";
import type { RetrySettings } from "./schemas.ts";
import { at, given, leaves, member, type Section, type Values } from "./section.ts";

/** First attempt included; delays in ms. */
export const builtInPresets: Readonly<Record<string, JsonObject>> = {
  QUICK: { maxAttempts: 3, baseDelayMs: 500, maxDelayMs: 5_000 },
  STANDARD: { maxAttempts: 5, baseDelayMs: 1_000, maxDelayMs: 30_000 },
  AGGRESSIVE: { maxAttempts: 10, baseDelayMs: 2_000, maxDelayMs: 60_000 },
  RATE_LIMITED: { maxAttempts: 5, baseDelayMs: 5_000, maxDelayMs: 120_000 },
};

type RetrySections = readonly Section<RetrySettings>[];

const retryKeys = ["maxAttempts", "baseDelayMs", "maxDelayMs", "strategy"];
const groups: Readonly<Record<string, string>> = {
  timeouts: "timeouts",
  breaker: "breaker",
  bulkhead: "bulkhead",
  budget: "retry.budget",
};

/** What the policy at a path of `retry-policies.json` says, over what holds so far. */
export function applyPolicy(
  all: RetrySections,
  section: Section<RetrySettings>,
  path: Path,
  values: Values,
): void {
  const value = at(section.value, path);
  const name = typeof value === "string" ? value : at(value, ["preset"]);
  if (typeof name === "string") {
    for (const [key, item] of presetValues(all, name)) values.set(`retry.${key}`, item);
  }
  if (!isObject(value)) return;
  for (const key of retryKeys) {
    const item = value[key] as Json | undefined;
    if (item !== undefined) values.set(`retry.${key}`, given(section, [...path, key], item));
  }
  for (const [key, prefix] of Object.entries(groups)) {
    leaves(section, [...path, key], value[key], prefix, values);
  }
  operations(all, section, [...path, "operations"], values);
  rateLimits(section, [...path, "rateLimits"], values);
  cache(section, [...path, "cache"], values);
}

/** What a preset stands for; what a file says of a built-in one wins. */
function presetValues(all: RetrySections, name: string): Map<string, Given> {
  const values: Values = new Map();
  for (const [key, value] of Object.entries(member(builtInPresets, name) ?? {})) {
    values.set(key, { value, origin: { kind: "default", note: `preset ${name}` } });
  }
  for (const section of all) {
    const own = member(section.value.presets, name);
    for (const [key, value] of Object.entries(own ?? {})) {
      values.set(key, given(section, ["presets", name, key], value as Json));
    }
  }
  return values;
}

const operationPrefix = "retry.operations.";

/** Those of the later layer come first: the first that matches counts. */
function operations(
  all: RetrySections,
  section: Section<RetrySettings>,
  path: Path,
  values: Values,
): void {
  const written = at(section.value, path);
  if (!isObject(written)) return;
  const earlier = [...values].filter(([leaf]) => leaf.startsWith(operationPrefix));
  for (const [leaf] of earlier) values.delete(leaf);
  for (const [match, entry] of Object.entries(written)) {
    const name = typeof entry === "string" ? entry : at(entry, ["preset"]);
    const base = typeof name === "string" ? presetValues(all, name) : [];
    const settings: Record<string, Json> = {};
    for (const [key, { value }] of base) settings[key] = value;
    for (const [key, value] of isObject(entry) ? Object.entries(entry) : []) {
      if (key !== "preset" && value !== undefined) settings[key] = value as Json;
    }
    values.set(operationPrefix + match, given(section, [...path, match], settings));
  }
  for (const [leaf, item] of earlier) if (!values.has(leaf)) values.set(leaf, item);
}

function rateLimits(section: Section<RetrySettings>, path: Path, values: Values): void {
  const written = at(section.value, path);
  if (!Array.isArray(written)) return;
  const seen = new Set<string>();
  for (const [index, limit] of written.entries()) {
    const { id = "requests", requests, per, burst } = limit;
    const place = [...path, index];
    if (seen.has(id)) {
      const message = `There are two limits called "${id}": give one of them another id.`;
      section.report({ code: "CONFIG_BAD_VALUE", message, path: place });
    }
    seen.add(id);
    const value = { requests, perMs: milliseconds(per), ...(burst === undefined ? {} : { burst }) };
    values.set(`rateLimits.${id}`, given(section, place, value));
  }
}

function cache(section: Section<RetrySettings>, path: Path, values: Values): void {
  const written = at(section.value, path) as JsonObject | undefined;
  if (!isObject(written)) return;
  const { enabled, revalidate, ttl } = written as JsonObject;
  const put = (leaf: string, keys: Path, value: Json) =>
    values.set(`cache.${leaf}`, given(section, [...path, ...keys], value));
  if (enabled !== undefined) put("enabled", ["enabled"], enabled);
  if (revalidate !== undefined) {
    put("revalidateMs", ["revalidate"], milliseconds(revalidate as string | number));
  }
  for (const [kind, time] of Object.entries(isObject(ttl) ? (ttl as JsonObject) : {})) {
    put(`ttlMs.${kind}`, ["ttl", kind], milliseconds(time as string | number));
  }
}
