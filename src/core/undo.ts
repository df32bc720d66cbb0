import { equal, type Json, type JsonObject } from "./json.ts";
import type { Intent, Operation } from "./ledger.ts";
import { isSameThing } from "./same-thing.ts";
import type { Residue } from "./step.ts";

/** What several writes to one thing come to, taken together: the first before, the last after. */
export interface Footprint {
  /** Oldest first. */
  readonly operations: readonly Operation[];
  readonly intent: Intent;
  readonly before: JsonObject | null;
  readonly after: JsonObject;
}

/** Operations of one step and key, joined so that each thing is undone once. Newest start first. */
export function footprints(operations: readonly Operation[]): Footprint[] {
  const groups = new Map<string, Operation[]>();
  const all: Operation[][] = [];
  for (const operation of operations) {
    const { target, key } = operation.intent;
    const id = JSON.stringify([target.step, target.kind, key, target.config]);
    const group = groups.get(id);
    // What was created, or is another thing, says that what the earlier ones speak of was gone.
    if (group && continues(group.at(-1)!, operation.intent.before)) {
      group.push(operation);
      continue;
    }
    const started = [operation];
    groups.set(id, started);
    all.push(started);
  }
  return all
    .map((group) => {
      const first = group[0]!;
      const last = group.at(-1)!;
      return {
        operations: group,
        intent: last.intent,
        before: first.intent.before,
        after: last.after ?? intended(last.intent),
        start: first.intent.seq,
      };
    })
    .sort((a, b) => b.start - a.start);
}

function continues(earlier: Operation, before: JsonObject | null): boolean {
  if (before === null) return false;
  return earlier.after === undefined || isSameThing(earlier.after, before);
}

/** What a write was meant to leave behind, as far as its intent tells. */
export function intended(intent: Intent): JsonObject {
  const after: JsonObject = { ...intent.before };
  for (const change of intent.changes) after[change.field] = change.to;
  return after;
}

/** Where people look at a thing: it follows from the rest, and moves when a service does. */
export const link = "url";

export type UndoDecision =
  /** Nothing is left to do. */
  | { readonly kind: "nothing" }
  | {
      readonly kind: "restore";
      readonly target: JsonObject | undefined;
      readonly residue: readonly Residue[];
    }
  | { readonly kind: "leave"; readonly residue: readonly Residue[] };

/**
 * Compares what was there before, what testx left, and what is there now, and says what may be
 * undone: what somebody else changed since is left as it is, and reported.
 */
export function decideUndo(footprint: Footprint, now: JsonObject | undefined): UndoDecision {
  const { before, after, intent } = footprint;
  const title = intent.title;
  if (before === null) {
    if (now === undefined || !isSameThing(after, now)) return { kind: "nothing" };
    const fields = differing(after, now).filter((field) => field !== link);
    if (fields.length === 0) return { kind: "restore", target: undefined, residue: [] };
    return {
      kind: "leave",
      residue: [
        {
          what: title,
          why: `testx created it, but ${fields.join(", ")} changed since`,
          fix: "Look at it, then delete it by hand if it is not needed.",
          ...linkOf(now),
        },
      ],
    };
  }
  const written = differing(before, after).filter((field) => field !== link);
  if (written.length === 0) return { kind: "nothing" };
  if (now === undefined || !isSameThing(after, now)) {
    // Another thing in its place is nobody's to restore, unless it is as it was anyway.
    const lost = written.filter((field) => !now || !equal(now[field], before[field]));
    if (lost.length === 0) return { kind: "nothing" };
    const deed = now ? "replaced" : "deleted";
    return {
      kind: "leave",
      residue: [
        {
          what: title,
          why: `somebody ${deed} it since, so ${lost.join(", ")} cannot be set back`,
          fix: now
            ? "Look at the new one, and set it back by hand if that is wanted."
            : "Create it again by hand if it is still needed.",
          ...(now ? linkOf(now) : {}),
        },
      ],
    };
  }
  const target: JsonObject = { ...now };
  const residue: Residue[] = [];
  let restoring = false;
  for (const field of written) {
    if (equal(now[field], before[field])) continue;
    if (!equal(now[field], after[field])) {
      residue.push({
        what: `${field} of ${title}`,
        why: "somebody changed it since",
        fix: `It was ${show(before[field])} before testx; set it back by hand if that is wanted.`,
        ...linkOf(now),
      });
      continue;
    }
    restoring = true;
    if (before[field] === undefined) delete target[field];
    else target[field] = before[field];
  }
  if (restoring) return { kind: "restore", target, residue };
  return residue.length > 0 ? { kind: "leave", residue } : { kind: "nothing" };
}

/** Names of the top-level fields in which two states differ. */
export function differing(a: JsonObject, b: JsonObject): string[] {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...fields].filter((field) => !equal(a[field], b[field]));
}

function linkOf(state: JsonObject): { url?: string } {
  return typeof state.url === "string" ? { url: state.url } : {};
}

function show(value: Json | undefined): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}
