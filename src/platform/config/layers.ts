import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Fallback } from "../../core/sequence.ts";
import type { ValueOrigin } from "../../core/settings.ts";
import { type Finding, near, type Path } from "../../core/validate/problem.ts";
import type { FallbackSettings, HealthSettings, RetrySettings } from "./schemas.ts";

/** A part of a configuration file: its value, and where each piece of it stands. */
export interface Section<T> {
  readonly value: NonNullable<T>;
  readonly origin: (path: Path) => ValueOrigin;
  readonly report: (finding: Finding) => void;
}

/** Lowest first: what the project's settings say, then what the files say. */
export interface Layers {
  readonly health: readonly Section<HealthSettings>[];
  readonly retry: readonly Section<RetrySettings>[];
  readonly fallback: readonly Section<FallbackSettings>[];
}

export type SetLeaf = (leaf: string, value: Json, origin: ValueOrigin) => void;

/** First attempt included; delays in ms. */
export const builtInPresets: Readonly<Record<string, JsonObject>> = {
  QUICK: { maxAttempts: 3, baseDelayMs: 500, maxDelayMs: 5_000 },
  STANDARD: { maxAttempts: 5, baseDelayMs: 1_000, maxDelayMs: 30_000 },
  AGGRESSIVE: { maxAttempts: 10, baseDelayMs: 2_000, maxDelayMs: 60_000 },
  RATE_LIMITED: { maxAttempts: 5, baseDelayMs: 5_000, maxDelayMs: 120_000 },
};

/** What the files say of one integration: first what holds for all, then what holds for it. */
export function applyLayers(layers: Layers, id: string, required: boolean, set: SetLeaf): void {
  for (const section of layers.health) {
    leaves(section, ["defaults"], section.value.defaults, "health", set);
  }
  for (const section of layers.retry) policy(layers, section, ["default"], set);
  const kind = required ? "required" : "optional";
  for (const section of layers.fallback) choice(section, ["default", kind], set);

  for (const section of layers.health) {
    const own = member(section.value.integrations, id);
    leaves(section, ["integrations", id], own, "health", set);
  }
  for (const section of layers.retry) policy(layers, section, ["integrations", id], set);
  for (const section of layers.fallback) choice(section, ["integrations", id], set);
}

function leaves<T>(
  section: Section<T>,
  path: Path,
  value: unknown,
  prefix: string,
  set: SetLeaf,
): void {
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (isObject(item)) leaves(section, [...path, key], item, key, set);
    else if (item !== undefined && key !== "preset") {
      set(`${prefix}.${key}`, item as Json, section.origin([...path, key]));
    }
  }
}

function choice(section: Section<FallbackSettings>, path: Path, set: SetLeaf): void {
  const value = at(section.value, path);
  if (value !== undefined) set("fallback", value as Fallback, section.origin(path));
}

function policy(layers: Layers, section: Section<RetrySettings>, path: Path, set: SetLeaf): void {
  const value = at(section.value, path);
  const name = typeof value === "string" ? value : at(value, ["preset"]);
  if (typeof name === "string") preset(layers, name, set);
  leaves(section, path, value, "retry", set);
}

function preset(layers: Layers, name: string, set: SetLeaf): void {
  for (const [key, value] of Object.entries(member(builtInPresets, name) ?? {})) {
    set(`retry.${key}`, value, { kind: "default", note: `preset ${name}` });
  }
  for (const section of layers.retry) {
    leaves(section, ["presets", name], member(section.value.presets, name), "retry", set);
  }
}

/** Reports names of integrations and presets that do not exist. */
export function checkNames(layers: Layers, integrations: readonly string[]): void {
  for (const section of [...layers.health, ...layers.retry, ...layers.fallback]) {
    for (const id of Object.keys(section.value.integrations ?? {})) {
      if (!integrations.includes(id)) {
        section.report({
          code: "CONFIG_UNKNOWN_INTEGRATION",
          message: `The sequence has no integration "${id}".`,
          path: ["integrations", id],
          at: "key",
          ...suggestion(id, integrations),
        });
      }
    }
  }
  const presets = [
    ...Object.keys(builtInPresets),
    ...layers.retry.flatMap(({ value }) => Object.keys(value.presets ?? {})),
  ];
  for (const section of layers.retry) {
    const owners = Object.keys(section.value.integrations ?? {}).map((id) => ["integrations", id]);
    for (const owner of [["default"], ...owners]) {
      const value = at(section.value, owner);
      const path = typeof value === "string" ? owner : [...owner, "preset"];
      const name = at(section.value, path);
      if (typeof name !== "string" || presets.includes(name)) continue;
      const message = `There is no retry preset "${name}". There are ${[...new Set(presets)].join(", ")}.`;
      section.report({
        code: "CONFIG_UNKNOWN_PRESET",
        message,
        path,
        ...suggestion(name, presets),
      });
    }
  }
}

function suggestion(word: string, candidates: readonly string[]): { suggestion?: string } {
  const found = near([], word, candidates);
  return found === undefined ? {} : { suggestion: found };
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, key) => member(node, String(key)), value);
}

function member<T>(value: Readonly<Record<string, T>> | unknown, key: string): T | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? (value[key] as T) : undefined;
}
