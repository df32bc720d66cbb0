import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Path } from "../../core/validate/problem.ts";
import type { FallbackSettings } from "./schemas.ts";
import { at, given, type Section, type Values } from "./section.ts";

/**
 * What the strategy at a path of `fallback-strategies.json` says, over what holds so far. Rules
 * for steps stand by their full name (`slack.channel`), those for kinds by the short one.
 */
export function applyFallback(
  section: Section<FallbackSettings>,
  path: Path,
  id: string,
  values: Values,
): void {
  const written = at(section.value, path);
  if (typeof written === "string") {
    values.set("fallback", given(section, path, written));
    return;
  }
  if (!isObject(written)) return;
  const { strategy, value, steps, kinds } = written as JsonObject;
  if (strategy !== undefined)
    values.set("fallback", given(section, [...path, "strategy"], strategy));
  if (value !== undefined) values.set("fallbackValue", given(section, [...path, "value"], value));
  const rules = (group: string, from: Json | undefined, name: (key: string) => string) => {
    for (const [key, rule] of Object.entries(isObject(from) ? (from as JsonObject) : {})) {
      const whole = typeof rule === "string" ? { strategy: rule } : rule;
      values.set(`fallbacks.${name(key)}`, given(section, [...path, group, key], whole as Json));
    }
  };
  rules("kinds", kinds, (kind) => kind);
  rules("steps", steps, (step) => `${id}.${step}`);
}
