import { matches } from "../core/glob.ts";
import type { IntegrationSettings, RetryPolicy } from "../core/sequence.ts";

export type RetrySettings = IntegrationSettings["retry"];

/** Names of operations are few; an endless number of them must not fill the memory. */
const mostRemembered = 1_000;

/** Which policy holds for an operation, by its name: the first rule that matches, over the rest. */
export function policyByOperation(settings: RetrySettings): (operation: string) => RetryPolicy {
  const { operations = [], budget: _, ...general } = settings;
  const standard = valid(general);
  if (operations.length === 0) return () => standard;
  const known = new Map<string, RetryPolicy>();
  return (operation) => {
    const before = known.get(operation);
    if (before !== undefined) return before;
    const rule = operations.find(({ match }) => matches(match, operation));
    const policy = rule === undefined ? standard : valid({ ...standard, ...rule.settings });
    if (known.size < mostRemembered) known.set(operation, policy);
    return policy;
  };
}

function valid(policy: RetryPolicy): RetryPolicy {
  return { ...policy, maxAttempts: Math.max(1, policy.maxAttempts) };
}
