import type { Json } from "../../core/json.ts";
import {
  defaultBreaker,
  defaultQueue,
  defaultResponseCache,
  defaultRetry,
  defaultRetryBudget,
} from "../../core/policy-defaults.ts";
import type { AnyProvider } from "../../core/provider.ts";
import type { ValueOrigin } from "../../core/settings.ts";
import type { Values } from "./section.ts";

const usualSettleMs = 5_000;
const byDefault: ValueOrigin = { kind: "default" };

/** What holds where nobody says otherwise. */
export function applyDefaults(provider: AnyProvider, values: Values): void {
  const own: ValueOrigin = { kind: "default", note: provider.id };
  const set = (leaf: string, value: Json, origin = byDefault) =>
    values.set(leaf, { value, origin });
  const all = (prefix: string, from: object, origin = byDefault) => {
    for (const [key, value] of Object.entries(from)) set(`${prefix}.${key}`, value, origin);
  };
  set("health.intervalMs", 300_000);
  set("health.expectedStatus", 200);
  all("retry", defaultRetry);
  all("retry.budget", defaultRetryBudget);
  const { timeouts, settleMs = usualSettleMs, concurrency, limits = [], endpoint } = provider;
  all("timeouts", { ...timeouts, settleMs }, own);
  for (const { id, requests, perMs, burst } of limits) {
    set(`rateLimits.${id}`, { requests, perMs, ...(burst === undefined ? {} : { burst }) }, own);
  }
  all("breaker", defaultBreaker);
  all("bulkhead", concurrency, own);
  set("bulkhead.queue", defaultQueue);
  const { ttlMs, ...cache } = defaultResponseCache;
  all("cache", cache);
  all("cache.ttlMs", ttlMs);
  if (endpoint) set("endpoint", endpoint.url, own);
}
