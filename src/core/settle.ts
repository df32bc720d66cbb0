import { equal, type JsonObject } from "./json.ts";
import type { Intent } from "./ledger.ts";
import { isSameThing } from "./same-thing.ts";

/**
 * What a write left behind, seen from its rollback point and what is there now; `undefined`
 * when it did not take effect. A field that has neither the old nor the asked value is taken
 * to be somebody else's: it is recorded as asked, so that unwinding will report it.
 */
export function effectOf(
  intent: Pick<Intent, "before" | "changes">,
  now: JsonObject | undefined,
): JsonObject | undefined {
  const { before, changes } = intent;
  if (before === null || now === undefined) return now;
  // What was written to is gone: whatever has come in its place, the write has not made it so.
  if (!isSameThing(before, now)) return undefined;
  const moved = changes.filter(({ field }) => !equal(now[field], before[field]));
  if (moved.length === 0) return undefined;
  const after: JsonObject = { ...now };
  for (const { field, to } of moved) if (!equal(now[field], to)) after[field] = to;
  return after;
}

/** After this long a write cannot be under way any more, whatever the service, in ms. */
export const longestStepMs = 900_000;

/**
 * Whether a copy can be of the same write as what testx has kept, by the times at which the
 * service says they were made (ms since the epoch, or as ISO text).
 */
export function isTwin(kept: number | string, copy: number | string): boolean {
  const [first, other] = [kept, copy].map((at) => (typeof at === "string" ? Date.parse(at) : at));
  return (other as number) >= (first as number) - longestStepMs;
}
