import type { Act, Scenario } from "../../core/scenario.ts";

/** One fault of a story, or the death of testx at a record. */
type Part =
  | { readonly act: number; readonly fault: NonNullable<Act["faults"]>[number] }
  | { readonly act: number; readonly dies: NonNullable<Act["dies"]> };

/**
 * The smallest part of `items` that still fails: none of it can be left out. Delta debugging
 * (Zeller and Hildebrandt 2002): halves first, then ever smaller parts. `fails` is asked once
 * for each part it looks at.
 */
export async function smallest<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = items;
  for (let parts = 2; left.length > 1; ) {
    const size = Math.ceil(left.length / parts);
    const chunks = Array.from({ length: Math.ceil(left.length / size) }, (_, at) =>
      left.slice(at * size, (at + 1) * size),
    );
    const found = (await firstThatFails(chunks, fails)) ?? (await rest(left, chunks, fails));
    if (found !== undefined) {
      parts = found.length < size * 2 ? 2 : Math.max(2, parts - 1);
      left = found;
    } else if (size === 1) break;
    else parts = Math.min(left.length, parts * 2);
  }
  return left;
}

function rest<T>(
  all: readonly T[],
  chunks: readonly (readonly T[])[],
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> {
  if (chunks.length < 3) return Promise.resolve(undefined);
  return firstThatFails(
    chunks.map((chunk) => all.filter((item) => !chunk.includes(item))),
    fails,
  );
}

async function firstThatFails<T>(
  candidates: readonly (readonly T[])[],
  fails: (items: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> {
  for (const candidate of candidates) if (await fails(candidate)) return candidate;
  return undefined;
}

/** The story with the fewest faults and then the fewest acts that still fails. */
export async function shrunk(
  scenario: Scenario,
  fails: (scenario: Scenario) => Promise<boolean>,
): Promise<Scenario> {
  const parts = scenario.story.flatMap(({ faults = [], dies }, act): Part[] => [
    ...faults.map((fault) => ({ act, fault })),
    ...(dies ? [{ act, dies }] : []),
  ]);
  const few = await smallest(parts, (some) => fails(withParts(scenario, some)));
  let least = withParts(scenario, few);
  if (few.length === 1 && (await fails(withParts(scenario, [])))) least = withParts(scenario, []);
  for (let at = least.story.length - 1; at >= 0 && least.story.length > 1; at--) {
    const shorter = { ...least, story: least.story.filter((_, index) => index !== at) };
    if (!(await fails(shorter))) continue;
    least = shorter;
    // Others may be of no use without it.
    at = least.story.length;
  }
  return least;
}

function withParts(scenario: Scenario, parts: readonly Part[]): Scenario {
  return {
    ...scenario,
    story: scenario.story.map(({ faults: _, dies: __, ...act }, at) => {
      const own = parts.filter((part) => part.act === at);
      const faults = own.flatMap((part) => ("fault" in part ? [part.fault] : []));
      const dies = own.find((part) => "dies" in part)?.dies;
      return { ...act, ...(faults.length > 0 ? { faults } : {}), ...(dies ? { dies } : {}) };
    }),
  };
}
