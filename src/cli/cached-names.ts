import { answerOf, answerPrefix } from "../core/answer.ts";
import { fail } from "../core/failure.ts";
import type { BrowsableCache } from "../core/ports.ts";
import type { Sequence } from "../core/sequence.ts";
import { didYouMean } from "../core/suggest.ts";

/**
 * Makes sure that a name stands for something: nothing to forget and a misspelt name look alike.
 * @throws TestxError INTEGRATION_UNKNOWN
 */
export async function known(
  { integration }: { readonly integration?: string },
  cache: BrowsableCache,
  sequence: Sequence | undefined,
): Promise<void> {
  if (integration === undefined) return;
  const answers = (await cache.entries(answerPrefix)).flatMap(([, value]) => answerOf(value) ?? []);
  const names = [
    ...(sequence?.integrations.map(({ id }) => id) ?? []),
    ...answers.map((answer) => answer.integration),
  ];
  if (names.includes(integration)) return;
  const hint = didYouMean(integration, names);
  fail("INTEGRATION_UNKNOWN", `There is no integration "${integration}".${hint}`);
}
