import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { AnyKind, AnyProvider } from "../../core/provider.ts";
import { dig, type Reference, scanReferences } from "../../core/references.ts";
import type { StepId } from "../../core/step.ts";
import { type Draft, readDraft } from "../../core/validate/draft.ts";
import { type Finding, near, type Path } from "../../core/validate/problem.ts";
import { finding, findTarget, syntax, unreadable } from "../../core/validate/references.ts";
import { checkReferredField, fieldNames, kindOf } from "./fields.ts";
import { secretsIn } from "./plain-secrets.ts";
import type { FallbackSettings } from "./schemas.ts";
import type { Section } from "./section.ts";

export interface FallbackFacts {
  readonly sections: readonly Section<FallbackSettings>[];
  /** The sequence document. */
  readonly document: Json;
  readonly providers: ReadonlyMap<string, AnyProvider>;
  /** What comes right before each step; left out when the sequence itself has mistakes. */
  readonly after: (() => ReadonlyMap<StepId, readonly StepId[]>) | undefined;
}

/** A rule with the steps that it holds for. */
interface Rule {
  readonly id: string;
  readonly path: Path;
  readonly written: JsonObject;
  readonly steps: readonly string[];
}

/**
 * Checks what the schema of fallbacks cannot: that steps and kinds exist, that values are given
 * where they are needed and hold what later steps refer to, and the references in them.
 */
export function checkFallbacks(facts: FallbackFacts): void {
  const entries = members(members(facts.document).integrations);
  const context = { ...facts, entries, draft: undefined as Draft | undefined };
  for (const section of facts.sections) {
    for (const [id, written] of Object.entries(section.value.integrations ?? {})) {
      if (!Object.hasOwn(entries, id) || !isObject(written)) continue;
      for (const rule of rulesOf(id, written as JsonObject, entries, facts.providers, section)) {
        checkRule(rule, context, section.report);
      }
    }
  }
}

type Context = FallbackFacts & { readonly entries: JsonObject; draft: Draft | undefined };
type Report = (finding: Finding) => void;

/** The rules that are objects; names that do not exist are reported. */
function rulesOf(
  id: string,
  written: JsonObject,
  entries: JsonObject,
  providers: ReadonlyMap<string, AnyProvider>,
  { report }: Pick<Section<FallbackSettings>, "report">,
): Rule[] {
  const base = ["integrations", id];
  const entry = members(entries[id]);
  const steps = Object.entries(members(entry.steps));
  const [bySteps, byKinds] = [members(written.steps), members(written.kinds)];
  const kindNames = Object.keys(providers.get(String(entry.provider))?.kinds ?? {});
  const unknown = (code: string, what: string, name: string, path: Path, known: string[]) => {
    const close = near([], name, known);
    const choice = close === undefined ? ` There are ${known.join(", ")}.` : "";
    const message = `${id} has no ${what} "${name}".${choice}`;
    const suggestion = close === undefined ? {} : { suggestion: close };
    report({ code, message, path, at: "key", ...suggestion });
  };
  const rules: Rule[] = [];
  const add = (path: Path, rule: Json | undefined, applied: string[]) => {
    if (isObject(rule)) rules.push({ id, path, written: rule as JsonObject, steps: applied });
  };
  const kindIs = (kind: string) => steps.filter(([, step]) => members(step).kind === kind);
  const others = steps.filter(
    ([name, step]) =>
      !Object.hasOwn(bySteps, name) && !Object.hasOwn(byKinds, String(members(step).kind)),
  );
  add(base, written, names(others));
  for (const [kind, rule] of Object.entries(byKinds)) {
    const path = [...base, "kinds", kind];
    if (kindNames.length > 0 && !kindNames.includes(kind)) {
      unknown("CONFIG_UNKNOWN_KIND", "kind", kind, path, kindNames);
    } else {
      add(
        path,
        rule,
        names(kindIs(kind)).filter((name) => !Object.hasOwn(bySteps, name)),
      );
    }
  }
  for (const [name, rule] of Object.entries(bySteps)) {
    const path = [...base, "steps", name];
    if (steps.some(([known]) => known === name)) add(path, rule, [name]);
    else unknown("CONFIG_UNKNOWN_STEP", "step", name, path, names(steps));
  }
  return rules;
}

function names(steps: readonly (readonly [string, Json])[]): string[] {
  return steps.map(([name]) => name);
}

function checkRule({ id, path, written, steps }: Rule, context: Context, report: Report): void {
  const { strategy, value } = written;
  if (strategy === "default" && value === undefined) {
    const message =
      'The strategy "default" needs a "value": what later steps get in place of the receipt.';
    report({ code: "CONFIG_MISSING_KEY", message, path: [...path, "strategy"] });
  } else if (strategy !== "default" && value !== undefined) {
    const message = 'A "value" belongs to the strategy "default" only.';
    report({ code: "CONFIG_BAD_VALUE", message, path: [...path, "value"], at: "key" });
  }
  if (strategy !== "default" || !isObject(value)) return;
  const base = [...path, "value"];
  const full = steps.map((step) => `${id}.${step}`);
  for (const place of secretsIn(value as JsonObject, base)) {
    const message = "This looks like a secret: put it into the environment and write ${env.NAME}.";
    report({ code: "CONFIG_SECRET_IN_FILE", message, path: place, secret: true });
  }
  fields(value as JsonObject, base, full, context, report);
  needs(value as JsonObject, base, full, context, report);
  references(value as JsonObject, base, full, context, report);
}

/** Reports fields that no receipt of the steps has. */
function fields(
  value: JsonObject,
  base: Path,
  steps: readonly StepId[],
  context: Context,
  report: Report,
): void {
  const kinds = new Set<AnyKind | undefined>();
  for (const step of steps) {
    kinds.add(kindOf({ parts: [...step.split("."), "x"] }, context.entries, context.providers));
  }
  const known = [...kinds].flatMap((kind) => (kind?.fields ? [fieldNames(kind.fields)] : []));
  if (known.length === 0 || known.length < kinds.size) return;
  const all = [...new Set(known.flatMap((one) => one.names))];
  for (const name of Object.keys(value)) {
    if (known.some(({ isKnown }) => isKnown(name))) continue;
    const close = near([], name, all);
    const choice = close === undefined ? ` There are ${all.join(", ")}.` : "";
    const message = `No step that this value stands in for leaves a field "${name}".${choice}`;
    const suggestion = close === undefined ? {} : { suggestion: close };
    report({ code: "CONFIG_BAD_VALUE", message, path: [...base, name], at: "key", ...suggestion });
  }
}

/** Reports what later steps refer to and the value does not have. */
function needs(
  value: JsonObject,
  base: Path,
  steps: readonly StepId[],
  context: Context,
  report: Report,
): void {
  const told = new Set<string>();
  for (const { id, with: written } of draftOf(context).steps) {
    if (written === null) continue;
    for (const { parts, text } of scanReferences(written).references) {
      const [integration, step, ...rest] = parts;
      const target = `${integration}.${step}`;
      if (rest.length === 0 || !steps.includes(target) || has(value, rest)) continue;
      const field = rest.join(".");
      if (told.has(field)) continue;
      told.add(field);
      const message = `${id} refers to \${${text}}, and this value has no "${field}".`;
      report({ code: "FALLBACK_INCOMPLETE", message, path: base, at: "key" });
    }
  }
}

/** Whether the path leads somewhere, or to a reference whose value is known later. */
function has(value: JsonObject, path: readonly string[]): boolean {
  if (dig(value, path) !== undefined) return true;
  return path.some((_, end) => {
    const part = end === 0 ? undefined : dig(value, path.slice(0, end));
    return typeof part === "string" && /^\$\{[^{}]*\}$/.test(part);
  });
}

function references(
  value: JsonObject,
  base: Path,
  steps: readonly StepId[],
  context: Context,
  report: Report,
): void {
  const { references: found, broken } = scanReferences(value);
  for (const item of broken) report(unreadable(base, item));
  for (const reference of found) {
    const wrong = syntax(base, reference);
    if (wrong !== undefined) report(wrong);
    if (wrong !== undefined || reference.parts[0] === "env") continue;
    const draft = draftOf(context);
    const target = findTarget(draft, base, reference, []);
    if (target === undefined) continue;
    const problem =
      typeof target === "number"
        ? (checkReferredField(base, reference, context.entries, context.providers) ??
          outOfOrder(base, reference, draft.steps[target]!.id, steps, context))
        : target;
    if (problem !== undefined) report(problem);
  }
}

/** What is referred to must come before the step that the value stands in for. */
function outOfOrder(
  base: Path,
  reference: Reference,
  target: StepId,
  steps: readonly StepId[],
  { after }: Context,
): Finding | undefined {
  const before = after?.();
  if (before === undefined) return undefined;
  const late = steps.find((step) => !comesBefore(target, step, before));
  if (late === undefined) return undefined;
  const isLater = late === target || comesBefore(late, target, before);
  const message = isLater
    ? `This value stands in for ${late}, which ${late === target ? "is the step it refers to" : `comes before ${target}`}.`
    : `This value stands in for ${late}, which does not wait for ${target}; name it in dependsOn.`;
  const code = isLater ? "REFERENCE_LATER" : "REFERENCE_WITHOUT_DEPENDENCY";
  return finding(code, message, base, reference);
}

function comesBefore(
  a: StepId,
  b: StepId,
  before: ReadonlyMap<StepId, readonly StepId[]>,
): boolean {
  const seen = new Set(before.get(b));
  for (const step of seen) for (const next of before.get(step) ?? []) seen.add(next);
  return seen.has(a);
}

function draftOf(context: Context): Draft {
  context.draft ??= readDraft(context.document);
  return context.draft;
}

function members(value: Json | undefined): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}
