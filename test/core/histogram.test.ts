import { describe, expect, it } from "vitest";
import {
  accuracy,
  atMost,
  histogramOf,
  measured,
  merged,
  noHistogram,
  quantile,
} from "../../src/core/histogram.ts";
import fc from "../support/property.ts";

const duration = fc.oneof(
  fc.double({ min: measured.least, max: measured.most, noNaN: true }),
  fc.integer({ min: 1, max: 60_000 }),
);
const durations = fc.array(duration, { maxLength: 300 });

describe("a histogram of durations", () => {
  it("gives quantiles that are at most 1 % off", () => {
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, q) => {
          const sorted = all.toSorted((a, b) => a - b);
          const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] as number;
          const told = quantile(histogramOf(all), q) as number;
          expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * accuracy * (1 + 1e-9));
        },
      ),
    );
  });

  it("is the same whether durations are counted in one or in several", () => {
    fc.assert(
      fc.property(durations, durations, durations, (one, two, three) => {
        const parts = [one, two, three].map(histogramOf);
        const [a, b, c] = parts as [typeof noHistogram, typeof noHistogram, typeof noHistogram];
        const whole = histogramOf([...one, ...two, ...three]);
        for (const sum of [
          merged(merged(a, b), c),
          merged(a, merged(b, c)),
          merged(merged(c, a), b),
        ]) {
          expect(new Map([...sum.buckets].sort())).toEqual(new Map([...whole.buckets].sort()));
          expect({ count: sum.count, min: sum.min, max: sum.max }).toEqual({
            ...{ count: whole.count, min: whole.min, max: whole.max },
          });
          expect(sum.sum).toBeCloseTo(whole.sum, 3);
        }
      }),
    );
  });

  it("never decreases from one quantile to the next, and stays within what was counted", () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1 }), (all) => {
        const histogram = histogramOf(all);
        const told = [0, 0.25, 0.5, 0.9, 0.99, 1].map((q) => quantile(histogram, q) as number);
        expect(told).toEqual(told.toSorted((a, b) => a - b));
        expect(told[0]).toBeGreaterThanOrEqual(Math.min(...all));
        expect(told.at(-1)).toBeLessThanOrEqual(Math.max(...all));
      }),
    );
  });

  it("takes any number for a duration, and no room that grows with them", () => {
    const strange = [0, -5, 1e12, Number.MIN_VALUE, 0.05];
    const histogram = histogramOf([...strange, ...Array.from({ length: 100_000 }, (_, at) => at)]);
    expect(histogram.count).toBe(100_005);
    expect(histogram.buckets.size).toBeLessThan(1000);
    expect(quantile(histogram, 0)).toBeLessThanOrEqual(measured.least);
  });

  it("knows how many were at most so long", () => {
    const histogram = histogramOf([10, 20, 30, 1000]);
    expect([5, 25, 100, 5000].map((ms) => atMost(histogram, ms))).toEqual([0, 2, 3, 4]);
    expect(quantile(noHistogram, 0.5)).toBeUndefined();
  });
});
