import type { FallbackRule, Integration, StepSpec } from "./sequence.ts";

/**
 * What happens when a step cannot be looked at or carried out: what is said for the step
 * (`slack.channel`), else for its kind (`message`), else for its integration.
 */
export function ruleFor(
  { settings }: Pick<Integration, "settings">,
  { id, kind }: Pick<StepSpec, "id" | "kind">,
): FallbackRule {
  const { fallback, fallbackValue, fallbacks = {} } = settings;
  const own = (key: string): FallbackRule | undefined =>
    Object.hasOwn(fallbacks, key) ? fallbacks[key] : undefined;
  const usual: FallbackRule = {
    strategy: fallback,
    ...(fallbackValue === undefined ? {} : { value: fallbackValue }),
  };
  return own(id) ?? own(kind.slice(kind.indexOf(".") + 1)) ?? usual;
}
