import { canonical, type Json } from "../../core/json.ts";
import type { AnyKind } from "../../core/provider.ts";
import type { Finding, Path } from "../../core/validate/problem.ts";
import type { CheckedInput } from "./inputs.ts";

export interface KeyedStep {
  readonly id: string;
  readonly path: Path;
  /** Equal for steps that work on one account. */
  readonly scope: string;
  readonly kind: AnyKind;
  readonly checked: CheckedInput;
}

/** Reports each step that is the same resource as an earlier one. */
export function duplicateKeys(steps: readonly KeyedStep[]): Finding[] {
  const findings: Finding[] = [];
  const owners = new Map<string, string>();
  for (const step of steps) {
    const keys = keysOf(step);
    const owner = keys.map((key) => owners.get(key)).find((id) => id !== undefined);
    for (const key of keys) if (!owners.has(key)) owners.set(key, step.id);
    if (owner === undefined) continue;
    const title = titleOf(step);
    const message = `${step.id} and ${owner} are the same resource${title}: only one step may set it up.`;
    findings.push({ code: "STEP_DUPLICATE", message, path: step.path, at: "key" });
  }
  return findings;
}

/**
 * By the natural key where the input is known, and by the identity as written: with references
 * in it the key is not known yet, but equal references give equal keys.
 */
function keysOf({ scope, kind, checked }: KeyedStep): string[] {
  // Of two inputs that lack what identifies them nothing can be said.
  if (checked.findings.length > 0) return [];
  const fields = kind.identity.map((field) => checked.resolved?.[field] ?? null);
  const identity = canonical(fields as Json[]);
  const keys = [`${scope} ${kind.kind} as written ${identity}`];
  const isKnown =
    checked.output !== undefined && !kind.identity.some((field) => checked.open.has(field));
  if (isKnown) keys.push(`${scope} ${kind.kind} ${kind.key(checked.output)}`);
  return keys;
}

function titleOf({ kind, checked }: KeyedStep): string {
  return checked.output === undefined || checked.open.size > 0
    ? ""
    : ` (${kind.title(checked.output)})`;
}
