import type { Entry } from "./journal.ts";

/**
 * What outlives the run that met it: a create that may have taken effect twice, until a sweep
 * has made sure; something of somebody else's where a step was to create its own, until a person
 * has decided; and a write that waits for its service.
 */
export type LooseEnd = Extract<Entry, { type: "doubted" | "conflict" | "deferred" }>;

/** The name of the loose end that an entry leaves; a later one of the same name replaces it. */
export function leaves(entry: Entry): string | undefined {
  if (entry.type === "doubted") return `doubt ${entry.op}`;
  if (entry.type === "deferred") return `deferred ${entry.step}`;
  return entry.type === "conflict" ? `conflict ${entry.step}` : undefined;
}

/** The name of the loose end that an entry does away with. */
export function tiesUp(entry: Entry): string | undefined {
  if (entry.type === "deferred-ended") return `deferred ${entry.step}`;
  if (entry.type === "swept") return entry.final ? `doubt ${entry.op}` : undefined;
  // The step is written or known once more: what stood in its way does not any longer.
  if (entry.type === "intent") return `conflict ${entry.target.step}`;
  return entry.type === "done" ? `conflict ${entry.step}` : undefined;
}

/** In order of appearance. */
export function looseEndsOf(entries: readonly Entry[]): LooseEnd[] {
  const open = new Map<string, LooseEnd>();
  for (const entry of entries) {
    const tied = tiesUp(entry);
    if (tied !== undefined) open.delete(tied);
    const left = leaves(entry);
    if (left !== undefined) open.set(left, entry as LooseEnd);
  }
  return [...open.values()].sort((a, b) => a.seq - b.seq);
}
