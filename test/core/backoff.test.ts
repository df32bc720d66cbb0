import { describe, expect, test } from "vitest";
import { backoffMs } from "../../src/core/backoff.ts";
import type { Backoff } from "../../src/core/sequence.ts";
import { seeded } from "../support/fake-clock.ts";
import fc from "../support/property.ts";

const strategies: readonly Backoff[] = [
  "fixed",
  "linear",
  "exponential",
  "full-jitter",
  "decorrelated-jitter",
];

/** The waits of one call that fails again and again. */
function waits(strategy: Backoff | undefined, count: number, seed = 1, base = 100, max = 10_000) {
  const random = seeded(seed);
  const policy = { baseDelayMs: base, maxDelayMs: max, ...(strategy && { strategy }) };
  const all: number[] = [];
  for (let attempt = 1; attempt <= count; attempt += 1) {
    all.push(backoffMs(policy, attempt, all.at(-1), random));
  }
  return all;
}

test.each([
  ["fixed", [100, 100, 100, 100, 100]],
  ["linear", [100, 200, 300, 350, 350]],
  ["exponential", [100, 200, 350, 350, 350]],
] as const)("%s", (strategy, expected) => {
  expect(waits(strategy, 5, 1, 100, 350)).toEqual(expected);
});

test("every strategy stays within its bounds, and the same seed waits the same", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...strategies),
      fc.integer(),
      fc.integer({ min: 0, max: 600_000 }),
      fc.integer({ min: 0, max: 3_600_000 }),
      (strategy, seed, base, max) => {
        const all = waits(strategy, 20, seed, base, max);
        for (const wait of all) {
          expect(Number.isInteger(wait)).toBe(true);
          expect(wait).toBeGreaterThanOrEqual(strategy === "full-jitter" ? 0 : Math.min(base, max));
          expect(wait).toBeLessThanOrEqual(max);
        }
        expect(waits(strategy, 20, seed, base, max)).toEqual(all);
      },
    ),
  );
});

describe("jitter uses its whole range", () => {
  const spread = (strategy: Backoff | undefined, attempt: number) => {
    const all = Array.from({ length: 1_000 }, (_, seed) => waits(strategy, attempt, seed).at(-1));
    const numbers = all as number[];
    const mean = numbers.reduce((sum, wait) => sum + wait, 0) / numbers.length;
    return { least: Math.min(...numbers), most: Math.max(...numbers), mean };
  };
  test("full jitter: from 0 to what exponential gives; what counts when none is named", () => {
    for (const strategy of ["full-jitter", undefined] as const) {
      const { least, most, mean } = spread(strategy, 3);
      expect(least).toBeLessThan(10);
      expect(most).toBeGreaterThan(390);
      expect(mean).toBeGreaterThan(185);
      expect(mean).toBeLessThan(215);
    }
  });
  test("decorrelated jitter: from the base to three times the wait before", () => {
    const first = spread("decorrelated-jitter", 1);
    expect(first.least).toBeGreaterThanOrEqual(100);
    expect(first.least).toBeLessThan(105);
    expect(first.most).toBeGreaterThan(295);
    expect(first.most).toBeLessThanOrEqual(300);
    expect(spread("decorrelated-jitter", 3).most).toBeGreaterThan(900);
    for (let seed = 0; seed < 100; seed += 1) {
      const all = [100, ...waits("decorrelated-jitter", 10, seed)];
      for (const [at, wait] of all.slice(1).entries()) {
        expect(wait).toBeLessThanOrEqual((all[at] as number) * 3 + 1);
      }
    }
  });
});
