import { isObject, type Json } from "../json.ts";
import type { StepId } from "../step.ts";

/**
 * A sequence document as far as it can be read: parts of the wrong shape are left empty and
 * their owner is marked as not `sure`, so that one mistake is not reported again by all that
 * hangs on it.
 */
export interface Draft {
  readonly integrations: readonly DraftIntegration[];
  readonly steps: readonly DraftStep[];
  /** By id: the number in `integrations`. */
  readonly numbers: ReadonlyMap<string, number>;
}

export interface DraftIntegration {
  readonly id: string;
  readonly with: Json;
  /** As written: entries that are no strings are among them. */
  readonly dependsOn: readonly Json[];
  /** By name: the number in `Draft.steps`. */
  readonly steps: ReadonlyMap<string, number>;
  readonly sure: boolean;
}

export interface DraftStep {
  readonly id: StepId;
  readonly name: string;
  /** Number of its integration. */
  readonly owner: number;
  readonly with: Json;
  /** As written: entries that are no strings are among them. */
  readonly dependsOn: readonly Json[];
}

export function readDraft(root: Json): Draft {
  const integrations: DraftIntegration[] = [];
  const steps: DraftStep[] = [];
  const numbers = new Map<string, number>();
  const entries = member(root, "integrations");
  if (!isObject(entries)) return { integrations, steps, numbers };

  for (const id of Object.keys(entries)) {
    const entry = entries[id] as Json;
    const owner = integrations.length;
    const own = new Map<string, number>();
    const group = member(entry, "steps");
    if (isObject(group)) {
      for (const name of Object.keys(group)) {
        const step = group[name] as Json;
        own.set(name, steps.length);
        steps.push({
          id: `${id}.${name}`,
          name,
          owner,
          with: member(step, "with") ?? null,
          dependsOn: list(member(step, "dependsOn")),
        });
      }
    }
    const dependsOn = member(entry, "dependsOn");
    numbers.set(id, owner);
    integrations.push({
      id,
      with: member(entry, "with") ?? null,
      dependsOn: list(dependsOn),
      steps: own,
      sure: isObject(entry) && readable(dependsOn) && (group === undefined || isObject(group)),
    });
  }
  return { integrations, steps, numbers };
}

/** None of the keys asked for is one that every object inherits. */
function member(value: Json, key: "integrations" | "steps" | "with" | "dependsOn") {
  return isObject(value) ? (value[key] as Json | undefined) : undefined;
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : none;
}

const none: readonly Json[] = [];

function readable(value: Json | undefined): boolean {
  if (value === undefined) return true;
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
