import { fail } from "../core/failure.ts";
import type { Sequence } from "../core/sequence.ts";
import { didYouMean } from "../core/suggest.ts";

/**
 * The sequence with these integrations only; none named: with all.
 * @throws TestxError INTEGRATION_UNKNOWN
 */
export function narrowed(sequence: Sequence, names: readonly string[]): Sequence {
  if (names.length === 0) return sequence;
  const ids = sequence.integrations.map(({ id }) => id);
  for (const name of names) {
    if (ids.includes(name)) continue;
    const hint = didYouMean(name, ids, ` There are ${ids.join(", ")}.`);
    fail("INTEGRATION_UNKNOWN", `The sequence has no integration "${name}".${hint}`);
  }
  return {
    ...sequence,
    integrations: sequence.integrations.filter(({ id }) => names.includes(id)),
    steps: sequence.steps.filter(({ integration }) => names.includes(integration)),
  };
}
