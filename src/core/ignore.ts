import type { StepId } from "./step.ts";

/** What of a step testx leaves to others: all of it, or these fields of its state. */
export type Ignore = true | readonly string[];

/** A name also stands for what lies below it: `properties` for `properties.Area`. */
export function ignores(rule: Ignore | undefined, field: string): boolean {
  if (rule === undefined || rule === true) return rule === true;
  return rule.some((name) => field === name || field.startsWith(`${name}.`));
}

/** Both rules in one. */
export function joinIgnores(a: Ignore | undefined, b: Ignore | undefined): Ignore | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a === true || b === true ? true : [...new Set([...a, ...b])];
}

/**
 * Reads `slack.channel` (the whole step) and `slack.channel.topic` (a field of it), as on the
 * command line; `undefined` when it names no step.
 */
export function parseIgnore(text: string): { step: StepId; rule: Ignore } | undefined {
  const [integration = "", name = "", ...field] = text.split(".");
  if (integration === "" || name === "" || field.includes("")) return undefined;
  const rule = field.length === 0 ? true : [field.join(".")];
  return { step: `${integration}.${name}`, rule };
}
