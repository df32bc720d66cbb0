import { expect, test } from "vitest";
import { type Bucket, bucketOf, levelOf, ruleOf, waitMs } from "../../src/core/token-bucket.ts";
import fc from "../support/property.ts";
import { mostWithin } from "../support/windows.ts";

const limits = fc.record({
  id: fc.constant("requests"),
  requests: fc.integer({ min: 1, max: 300 }),
  perMs: fc.integer({ min: 1, max: 120_000 }),
  burst: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
});

test("whatever is asked for when, no window holds more than the limit, no moment more than the burst", () => {
  fc.assert(
    fc.property(
      limits,
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 1, max: 6 })), {
        maxLength: 400,
      }),
      fc.boolean(),
      ({ burst, ...given }, asked, greedy) => {
        const limit = { ...given, ...(burst !== undefined && { burst }) };
        const rule = ruleOf(limit);
        const used: [number, number][] = [];
        let bucket: Bucket | undefined;
        let now = 0;
        for (const [gap, wanted] of asked) {
          now += gap;
          const cost = Math.min(wanted, rule.capacity);
          const wait = waitMs(levelOf(bucket, rule, now), cost, rule);
          if (wait > 0 && !greedy) continue;
          // As early as it says, and no earlier.
          now += wait;
          const level = levelOf(bucket, rule, now);
          expect(waitMs(level, cost, rule)).toBe(0);
          bucket = bucketOf(level + cost, rule, now);
          used.push([now, cost]);
        }
        expect(mostWithin(used, limit.perMs)).toBeLessThanOrEqual(limit.requests);
        const atOnce = Math.min(limit.requests, burst ?? Math.max(1, limit.requests / 10));
        expect(mostWithin(used, 0)).toBeLessThanOrEqual(atOnce);
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  [{ requests: 1, perMs: 60_000 }, 1],
  [{ requests: 5, perMs: 60_000, burst: 5 }, 5],
  [{ requests: 5, perMs: 60_000, burst: 99 }, 5],
  [{ requests: 100, perMs: 60_000 }, 10],
])("%o lets %i go at once and the next one in time", (limit, burst) => {
  const rule = ruleOf({ id: "requests", ...limit });
  expect(rule.capacity).toBe(burst);
  const wait = waitMs(burst, 1, rule);
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(limit.perMs + 1);
});

test("a clock that was set back neither drains nor blocks for ever", () => {
  const rule = ruleOf({ id: "requests", requests: 10, perMs: 1_000, burst: 5 });
  const full = bucketOf(5, rule, 1_000_000);
  expect(levelOf(full, rule, 0)).toBe(5);
  expect(waitMs(levelOf(full, rule, 0), 1, rule)).toBeLessThanOrEqual(1_001);
});
