import { fail } from "../core/failure.ts";
import type { RunRecord } from "../core/ports.ts";
import { suggest } from "../core/suggest.ts";

/**
 * The run that is meant.
 * @param wanted its id, the beginning of it that no other has, or `last`
 * @throws TestxError RUN_UNKNOWN
 */
export function findRun(runs: readonly RunRecord[], wanted: string): RunRecord {
  if (wanted === "last") {
    const newest = runs.at(-1);
    return newest ?? fail("RUN_UNKNOWN", "There has been no run yet.");
  }
  const exact = runs.find(({ run }) => run === wanted);
  if (exact !== undefined) return exact;
  const [first, ...others] = runs.filter(({ run }) => run.startsWith(wanted));
  if (first === undefined || wanted === "") {
    const ids = runs.map(({ run }) => run);
    const [meant] = suggest(wanted, ids);
    const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
    return fail("RUN_UNKNOWN", `There is no run "${wanted}".${hint}`, {
      ...(meant !== undefined && { details: { didYouMean: meant } }),
    });
  }
  if (others.length === 0) return first;
  const ids = [first, ...others].map(({ run }) => run);
  const shown = ids.slice(-3).join(", ");
  return fail("RUN_UNKNOWN", `${ids.length} runs begin with "${wanted}", among them ${shown}.`);
}
