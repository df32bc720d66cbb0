import { type Failure, failureOf, TestxError } from "../core/failure.ts";
import type { Residue } from "../core/step.ts";
import type { Footprint } from "../core/undo.ts";
import type { EngineDeps } from "./deps.ts";
import { kindNamed } from "./session.ts";

type Deps = Pick<EngineDeps, "provider">;

/**
 * Why a thing is to be left: what an unwinding has left would go if this one were taken away, or
 * its kind fails to tell.
 */
export async function keptFor(
  deps: Deps,
  outer: Footprint,
  kept: readonly Footprint[],
): Promise<Residue | undefined> {
  if (outer.before !== null) return undefined;
  for (const inner of kept) {
    const found = await look(deps, outer, inner);
    if (found !== false) return holding(outer, inner, found);
  }
  return undefined;
}

/** Whether one thing goes when the other does, as far as its kind can tell. */
export async function holds(deps: Deps, outer: Footprint, inner: Footprint): Promise<boolean> {
  return (await look(deps, outer, inner)) === true;
}

async function look(
  { provider }: Deps,
  { intent: { target }, after }: Footprint,
  inner: Footprint,
): Promise<boolean | Failure> {
  if (inner.intent.target.provider !== target.provider) return false;
  const known = await provider(target.provider).catch((error: unknown) => {
    // Without its provider it cannot be taken away either.
    if (error instanceof TestxError) return undefined;
    throw error;
  });
  try {
    const kind = known && kindNamed(known, target.kind);
    return kind?.holds?.(after, inner.after) === true;
  } catch (error) {
    return failureOf(error);
  }
}

/** What holds something that somebody has made their own is left for that. */
function holding({ intent, after }: Footprint, inner: Footprint, found: true | Failure): Residue {
  const { title } = inner.intent;
  const told =
    found === true
      ? { why: `${title}, which could not be undone, is in it`, fix: `See to ${title}` }
      : {
          why: `whether ${title}, which could not be undone, is in it is not known: ${found.message}`,
          fix: `Mend the cause (testx explain ${found.code}) or see to ${title}`,
        };
  return {
    what: intent.title,
    why: told.why,
    fix: `${told.fix}, then run testx rollback again.`,
    ...(typeof after.url === "string" ? { url: after.url } : {}),
  };
}
