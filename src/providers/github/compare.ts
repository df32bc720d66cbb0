import { equal, type Json, type JsonObject } from "../../core/json.ts";
import type { Change } from "../../core/step.ts";

/** The fields whose wanted value differs from what is there; `undefined` wants nothing. */
export function compare(
  now: JsonObject,
  wanted: Readonly<Record<string, Json | undefined>>,
): Change[] {
  const changes: Change[] = [];
  for (const [field, to] of Object.entries(wanted)) {
    if (to === undefined || equal(now[field], to)) continue;
    const from = now[field];
    changes.push(from === undefined ? { field, to } : { field, from, to });
  }
  return changes;
}

/** What a state becomes with these changes. */
export function withChanges<S extends JsonObject>(now: S, changes: readonly Change[]): S {
  const after: S = { ...now };
  for (const { field, to } of changes) Object.assign(after, { [field]: to });
  return after;
}

/** Of two states the fields that differ, with the values of the second. */
export function differences<S extends JsonObject>(now: S, target: S): Partial<S> {
  const fields = new Set([...Object.keys(now), ...Object.keys(target)]);
  const found: Partial<S> = {};
  for (const field of fields) {
    const value = target[field];
    if (!equal(now[field], value) && value !== undefined) Object.assign(found, { [field]: value });
  }
  return found;
}
