import { TestxError } from "../core/failure.ts";
import type { Residue } from "../core/step.ts";
import type { Footprint } from "../core/undo.ts";
import type { EngineDeps } from "./deps.ts";
import { kindNamed } from "./session.ts";

type Deps = Pick<EngineDeps, "provider">;

/** Of what an unwinding has left, the first thing that would go if this one were taken away. */
export async function keptInside(
  deps: Deps,
  outer: Footprint,
  kept: readonly Footprint[],
): Promise<Footprint | undefined> {
  if (outer.before !== null) return undefined;
  for (const inner of kept) if (await holds(deps, outer, inner)) return inner;
  return undefined;
}

/** Whether one thing goes when the other does, as far as its kind can tell. */
export async function holds(
  { provider }: Deps,
  { intent: { target }, after }: Footprint,
  inner: Footprint,
): Promise<boolean> {
  if (inner.intent.target.provider !== target.provider) return false;
  try {
    const kind = kindNamed(await provider(target.provider), target.kind);
    return kind?.holds?.(after, inner.after) === true;
  } catch (error) {
    // Without its provider it cannot be taken away either.
    if (error instanceof TestxError) return false;
    throw error;
  }
}

/** What holds something that somebody has made their own is left for that. */
export function holding({ intent, after }: Footprint, inner: Footprint): Residue {
  return {
    what: intent.title,
    why: `${inner.intent.title}, which could not be undone, is in it`,
    fix: `See to ${inner.intent.title}, then run testx rollback again.`,
    ...(typeof after.url === "string" ? { url: after.url } : {}),
  };
}
