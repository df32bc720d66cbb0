import { describe, expect, it } from "vitest";
import { costsOf, estimateMs } from "../../src/core/estimate.ts";

const minute = 60_000;
const step = (id: string, calls: number, ...after: string[]) => ({
  ...{ id, calls, after },
  integration: id.slice(0, id.indexOf(".")),
});
const given = {
  readingMs: 0,
  latencyMs: () => 100,
  writes: () => 10,
  cost: [],
};

describe("how long a setup will take", () => {
  it("is the longest chain, and one read to verify", () => {
    const steps = [step("a.x", 1), step("a.y", 2, "a.x"), step("a.z", 1, "a.x"), step("b.x", 1)];
    expect(estimateMs({ ...given, steps })).toBe(300 + 100);
    expect(estimateMs({ ...given, steps, readingMs: 50 })).toBe(450);
  });

  it("is no less than a service needs that takes few calls at once", () => {
    const steps = [step("a.x", 1), step("a.y", 1), step("a.z", 1)];
    expect(estimateMs({ ...given, steps })).toBe(200);
    expect(estimateMs({ ...given, steps, writes: () => 1 })).toBe(400);
  });

  it("has the wait in it where a limit is too small", () => {
    const steps = [step("a.x", 1)];
    const budget = { integration: "a", budget: "calls", limit: 20, windowMs: minute };
    expect(estimateMs({ ...given, steps, cost: [{ ...budget, used: 20 }] })).toBe(200);
    expect(estimateMs({ ...given, steps, cost: [{ ...budget, used: 30 }] })).toBe(200 + 30_000);
  });

  it("is the time for reading where nothing is written", () => {
    expect(estimateMs({ ...given, steps: [step("a.x", 0)], readingMs: 7 })).toBe(7);
  });
});

it("costs are summed by service, budget and window", () => {
  const charge = { budget: "points", amount: 5, limit: 900, windowMs: minute };
  const hourly = { ...charge, windowMs: 60 * minute };
  expect(
    costsOf([
      { integration: "a", charges: [charge, hourly] },
      { integration: "a", charges: [charge] },
      { integration: "b", charges: [charge] },
    ]).map(({ integration, used, windowMs }) => [integration, used, windowMs]),
  ).toEqual([
    ["a", 10, minute],
    ["a", 5, 60 * minute],
    ["b", 5, minute],
  ]);
});
