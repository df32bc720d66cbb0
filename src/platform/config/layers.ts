import { isObject } from "../../core/json.ts";
import { near } from "../../core/validate/problem.ts";
import { applyFallback } from "./fallback-layer.ts";
import { applyPolicy, builtInPresets } from "./policy-layer.ts";
import type { FallbackSettings, HealthSettings, RetrySettings } from "./schemas.ts";
import { at, leaves, member, type Section, type Values } from "./section.ts";

/** Lowest first: what the project's settings say, then what the files say. */
export interface Layers {
  readonly health: readonly Section<HealthSettings>[];
  readonly retry: readonly Section<RetrySettings>[];
  readonly fallback: readonly Section<FallbackSettings>[];
}

/** What the files say of one integration: first what holds for all, then what holds for it. */
export function applyLayers(layers: Layers, id: string, required: boolean, values: Values): void {
  for (const section of layers.health) {
    leaves(section, ["defaults"], section.value.defaults, "health", values);
  }
  for (const section of layers.retry) applyPolicy(layers.retry, section, ["default"], values);
  const kind = required ? "required" : "optional";
  for (const section of layers.fallback) applyFallback(section, ["default", kind], id, values);

  const own = ["integrations", id];
  for (const section of layers.health) {
    leaves(section, own, member(section.value.integrations, id), "health", values);
  }
  for (const section of layers.retry) applyPolicy(layers.retry, section, own, values);
  for (const section of layers.fallback) applyFallback(section, own, id, values);
}

/** Reports names of integrations and presets that do not exist; `undefined`: nobody knows which do. */
export function checkNames(layers: Layers, integrations: readonly string[] | undefined): void {
  for (const section of [...layers.health, ...layers.retry, ...layers.fallback]) {
    if (integrations === undefined) break;
    for (const id of Object.keys(section.value.integrations ?? {})) {
      if (!integrations.includes(id)) {
        const none = "The sequence is empty, and has none of the integrations named elsewhere.";
        section.report({
          code: "CONFIG_UNKNOWN_INTEGRATION",
          message: integrations.length === 0 ? none : `The sequence has no integration "${id}".`,
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
    for (const owner of policies(section)) {
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

/** Where presets may be named: policies, and those of their operations. */
function policies({ value }: Section<RetrySettings>): string[][] {
  const ids = Object.keys(value.integrations ?? {});
  const owners = [["default"], ...ids.map((id) => ["integrations", id])];
  return owners.flatMap((owner) => {
    const path = [...owner, "operations"];
    const operations = at(value, path);
    const names = isObject(operations) ? Object.keys(operations) : [];
    return [owner, ...names.map((name) => [...path, name])];
  });
}

function suggestion(word: string, candidates: readonly string[]): { suggestion?: string } {
  const found = near([], word, candidates);
  return found === undefined ? {} : { suggestion: found };
}
