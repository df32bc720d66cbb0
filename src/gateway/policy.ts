import type { Fetch } from "../core/http.ts";

/** One concern of the gateway: a fetch around a fetch. */
export type Policy = (next: Fetch) => Fetch;

/** The first policy is the outermost: it sees a call first and its reply last. */
export function compose(policies: readonly Policy[], transport: Fetch): Fetch {
  return policies.reduceRight((next, policy) => policy(next), transport);
}
