import { answerOf, answerPrefix } from "../core/answer.ts";
import type { BrowsableCache } from "../core/ports.ts";
import type { Sequence } from "../core/sequence.ts";
import { unknownIntegration } from "./unknown-integration.ts";

/**
 * Makes sure that a name stands for something: nothing to forget and a misspelt name look alike.
 * @throws TestxError INTEGRATION_UNKNOWN
 */
export async function known(
  { integration }: { readonly integration?: string },
  cache: BrowsableCache,
  sequence: Sequence | undefined,
): Promise<void> {
  const configured = sequence?.integrations.map(({ id }) => id) ?? [];
  // The whole store is read for the others alone.
  if (integration === undefined || configured.includes(integration)) return;
  const answers = (await cache.entries(answerPrefix)).flatMap(([, value]) => answerOf(value) ?? []);
  const remembered = answers.map((answer) => answer.integration);
  if (remembered.includes(integration)) return;
  unknownIntegration(integration, [...configured, ...remembered]);
}
