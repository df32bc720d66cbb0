import type { JsonObject } from "../json.ts";
import { type BrokenReference, type Reference, scanReferences } from "../references.ts";
import { strangeIn } from "../token-kinds.ts";
import type { Draft } from "./draft.ts";
import type { IntegrationLinks } from "./integrations.ts";
import { type Finding, near, type Path } from "./problem.ts";
import { type StepEdge, stepPath } from "./steps.ts";

/** A reference from one step to another, with its place in the document. */
export interface StepReference extends StepEdge {
  readonly reference: Reference;
  readonly path: Path;
}

export interface References {
  /** Within an integration, or towards one it depends on. */
  readonly sound: readonly StepReference[];
  /** Towards an integration that the step's own does not depend on. */
  readonly loose: readonly StepReference[];
}

const variable = /^[A-Za-z_][A-Za-z0-9_]*$/;
const part = /^[A-Za-z0-9_-]+$/;

/** Reads every reference. Checks: syntax, place, target. */
export function readReferences(
  draft: Draft,
  links: IntegrationLinks,
  findings: Finding[],
): References {
  const sound: StepReference[] = [];
  const loose: StepReference[] = [];
  for (const integration of draft.integrations) {
    const { references, broken } = scanReferences(integration.with);
    const base = ["integrations", integration.id, "with"];
    for (const item of broken) findings.push(unreadable(base, item));
    for (const reference of references) {
      const found = settingsReference(base, reference);
      if (found !== undefined) findings.push(found);
    }
  }
  for (let from = 0; from < draft.steps.length; from++) {
    const step = draft.steps[from]!;
    if (step.with === null) continue;
    const { references, broken } = scanReferences(step.with);
    if (references.length === 0 && broken.length === 0) continue;
    const base = [...stepPath(draft, from), "with"];
    for (const item of broken) findings.push(unreadable(base, item));
    for (const reference of references) {
      const wrong = syntax(base, reference);
      if (wrong !== undefined) findings.push(wrong);
      if (wrong !== undefined || reference.parts[0] === "env") continue;
      const target = findTarget(draft, base, reference, findings);
      if (target === undefined) continue;
      if (typeof target !== "number") {
        findings.push(target);
        continue;
      }
      const other = draft.steps[target]!.owner;
      const found = { from, to: target, reference, path: [...base, ...reference.path] };
      if (step.owner === other || links.dependsOn(step.owner, other)) sound.push(found);
      else if (links.sure(step.owner)) loose.push(found);
    }
  }
  return { sound, loose };
}

/** The step's number in the draft, what is wrong, or `undefined` when that cannot be told. */
export function findTarget(
  draft: Draft,
  base: Path,
  reference: Reference,
  soFar: readonly Finding[],
): number | Finding | undefined {
  const [first = "", second = "", ...rest] = reference.parts;
  const number = draft.numbers.get(first);
  const integration = number === undefined ? undefined : draft.integrations[number];
  if (integration === undefined) {
    const close = near(soFar, first, ["env", ...draft.numbers.keys()]);
    const meant = close === undefined ? undefined : [close, second, ...rest];
    const message = `There is no integration "${first}" in this sequence.`;
    return finding("REFERENCE_UNKNOWN", message, base, reference, meant);
  }
  const target = integration.steps.get(second);
  if (target !== undefined) return target;
  if (!integration.sure) return undefined;
  const close = near(soFar, second, [...integration.steps.keys()]);
  const meant = close === undefined ? undefined : [first, close, ...rest];
  const message = `The integration ${first} has no step "${second}".`;
  return finding("REFERENCE_UNKNOWN", message, base, reference, meant);
}

export function syntax(base: Path, reference: Reference): Finding | undefined {
  const { parts, text } = reference;
  const code = "REFERENCE_SYNTAX";
  if (parts[0] === "env") {
    if (parts.length === 2 && variable.test(parts[1]!)) return undefined;
    const message = "A reference to an environment variable is written ${env.NAME}.";
    return finding(code, message, base, reference);
  }
  if (parts.length >= 3 && parts.every((item) => part.test(item))) return undefined;
  const strange = strangeIn(text);
  const seen = strange === undefined ? "" : ` In this one ${strange}.`;
  const message = `A reference is written \${integration.step.field} or \${env.NAME}; a literal \${ is written $\${.${seen}`;
  const shell = parts.length === 1 && /^[A-Z][A-Z0-9_]*$/.test(text) ? ["env", text] : undefined;
  return finding(code, message, base, reference, shell);
}

/** What is wrong with a reference in an integration's own settings. */
export function settingsReference(base: Path, reference: Reference): Finding | undefined {
  return syntax(base, reference) ?? misplaced(base, reference);
}

function misplaced(base: Path, reference: Reference): Finding | undefined {
  if (reference.parts[0] === "env") return undefined;
  const message =
    "An integration's own settings are needed before any step runs: only ${env.NAME} may stand here.";
  return finding("REFERENCE_NOT_ALLOWED", message, base, reference);
}

export function unreadable(base: Path, broken: BrokenReference): Finding {
  const message = 'This reference has no closing "}"; a literal ${ is written $${.';
  return finding("REFERENCE_SYNTAX", message, base, broken);
}

export function finding(
  code: string,
  message: string,
  base: Path,
  place: BrokenReference,
  meant?: readonly string[],
): Finding {
  return {
    code,
    message,
    path: [...base, ...place.path],
    part: { offset: place.offset, length: place.length },
    ...(meant === undefined ? {} : { suggestion: `\${${meant.join(".")}}` }),
  };
}

/** The environment variables that a value refers to, each once. */
export function variablesIn(value: JsonObject): string[] {
  const names = scanReferences(value)
    .references.filter(({ parts }) => parts[0] === "env" && parts.length === 2)
    .map(({ parts }) => parts[1] as string);
  return [...new Set(names)];
}
