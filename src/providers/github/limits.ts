import type { Charge } from "../../core/forecast.ts";
import type { Operation } from "../../core/http.ts";
import type { ProviderLimit } from "../../core/provider.ts";

const minute = 60_000;
const hour = 60 * minute;

/** Makes something that others may be notified of. */
function creates({ name }: Pick<Operation, "name">): boolean {
  return name.startsWith("POST ") || (isWrite(name) && name.endsWith("/contents/{path}"));
}

function isWrite(name: string): boolean {
  return !/^(GET|HEAD|OPTIONS) /.test(name);
}

const creation = (operation: Operation): number => (creates(operation) ? 1 : 0);

/**
 * The primary limit, and the secondary ones but for that on what is under way at once, which is
 * the bulkhead's: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 * Bursts leave enough to drain for one write after another to come within a call's time, also
 * where there are hundreds.
 */
export const limits: readonly ProviderLimit[] = [
  { id: "requests", requests: 5000, perMs: hour, burst: 500 },
  {
    ...{ id: "points", requests: 900, perMs: minute, burst: 300 },
    cost: ({ name }) => (isWrite(name) ? 5 : 1),
  },
  { id: "creations", requests: 80, perMs: minute, burst: 30, cost: creation },
  { id: "creations an hour", requests: 500, perMs: hour, burst: 150, cost: creation },
];

/** What a call costs of each limit; what is created counts against one budget, by the minute and by the hour. */
export function charges(operation: Operation): readonly Charge[] {
  return limits.flatMap(({ id, requests, perMs, cost }) => {
    // None of them looks at more than the operation.
    const amount = cost?.(operation, undefined as never) ?? 1;
    const budget = id.replace(/ an hour$/, "");
    return amount === 0 ? [] : [{ budget, amount, limit: requests, windowMs: perMs }];
  });
}
