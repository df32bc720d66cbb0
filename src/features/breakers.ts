import { breakerOf, forced, keptBreaker, settled } from "../core/breaker.ts";
import { fail } from "../core/failure.ts";
import { breakerKey, breakerPrefix } from "../core/memo-keys.ts";
import type { Memo } from "../core/ports.ts";
import type { BreakerItem } from "../core/results.ts";
import type { Sequence } from "../core/sequence.ts";
import { suggest } from "../core/suggest.ts";

export interface BreakersDeps {
  readonly memo: Memo;
  /** `undefined` where there is no configuration that can be read. */
  readonly sequence: Sequence | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The breaker of every integration, in the order of the sequence, then those only remembered. */
export function breakers(deps: BreakersDeps): BreakerItem[] {
  const now = deps.now();
  return namesOf(deps).map((integration) => {
    const kept = breakerOf(deps.memo.get(breakerKey(integration)));
    const { state, since, until, why } = settled(kept, now);
    // What is open with its time over lets the next call through: it is still open until then.
    return {
      ...{ integration, state },
      ...(since > 0 && { since }),
      ...(until !== undefined && { until }),
      ...(why !== "" && { why }),
    };
  });
}

/**
 * Forgets what is known of a service, as if it had never failed; left out: of all.
 *
 * @throws TestxError BREAKER_UNKNOWN
 */
export function resetBreakers(deps: BreakersDeps, name?: string): BreakerItem[] {
  const names = name === undefined ? namesOf(deps) : [checked(deps, name)];
  for (const one of names) {
    if (deps.memo.get(breakerKey(one)) !== undefined) {
      deps.memo.update(breakerKey(one), () => undefined);
    }
  }
  return breakers(deps).filter(({ integration }) => names.includes(integration));
}

/**
 * Holds a breaker open (nothing is sent) or closed (nothing is ever refused) until it is reset,
 * or for a time.
 *
 * @throws TestxError BREAKER_UNKNOWN
 */
export function holdBreaker(
  deps: BreakersDeps,
  name: string,
  state: "forced-open" | "forced-closed",
  forMs?: number,
): BreakerItem[] {
  const integration = checked(deps, name);
  const now = deps.now();
  const until = forMs === undefined ? undefined : now + forMs;
  const command = state === "forced-open" ? "testx breakers open" : "testx breakers close";
  const held = forced(state, now, `held by ${command}`, until);
  deps.memo.update(breakerKey(integration), () => keptBreaker(held, ""));
  return breakers(deps).filter((item) => item.integration === integration);
}

function namesOf({ memo, sequence }: BreakersDeps): string[] {
  const named = sequence?.integrations.map(({ id }) => id) ?? [];
  const remembered = [...memo.all(breakerPrefix).keys()].map((key) =>
    key.slice(breakerPrefix.length),
  );
  return [...new Set([...named, ...remembered])];
}

function checked(deps: BreakersDeps, name: string): string {
  const names = namesOf(deps);
  if (names.includes(name)) return name;
  const meant = suggest(name, names)[0];
  const hint =
    meant !== undefined
      ? ` Did you mean "${meant}"?`
      : names.length > 0
        ? ` There are ${names.join(", ")}.`
        : "";
  return fail("BREAKER_UNKNOWN", `There is no integration "${name}".${hint}`, {
    ...(meant !== undefined && { details: { didYouMean: meant } }),
  });
}
