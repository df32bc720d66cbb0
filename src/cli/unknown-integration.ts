import { fail } from "../core/failure.ts";
import { didYouMean } from "../core/suggest.ts";

/** Of what is remembered too, not of the sequence alone. @throws TestxError INTEGRATION_UNKNOWN */
export function unknownIntegration(name: string, known: readonly string[]): never {
  const hint = didYouMean(name, known);
  return fail("INTEGRATION_UNKNOWN", `There is no integration "${name}".${hint}`);
}
