import { expect, test } from "vitest";
import type { Scenario, ScenarioFault } from "../../src/core/scenario.ts";
import { drawn } from "../../src/features/simulate/draw.ts";
import { shrunk, smallest } from "../../src/features/simulate/shrink.ts";
import fc from "../support/property.ts";

test("the smallest part is exactly what it takes", async () => {
  const lists = fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 40 });
  const cases = lists.chain((all) =>
    fc.record({
      all: fc.constant(all),
      needed: fc.subarray(all, { minLength: 1, maxLength: Math.min(3, all.length) }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ all, needed }) => {
      const fails = async (some: readonly number[]) => needed.every((one) => some.includes(one));
      expect(await smallest(all, fails)).toEqual(needed);
    }),
  );
});

const refused: ScenarioFault = { fault: "refused", nth: 1 };
const lost: ScenarioFault = { fault: "reset", when: "after", nth: 2 };

test("faults that do nothing and acts that nobody needs are left out", async () => {
  const scenario: Scenario = {
    ...{ name: "many", about: "", seed: 1 },
    story: [
      { run: "setup", faults: [refused, { fault: "dns" }, { fault: "garble" }] },
      { run: "rollback", faults: [{ fault: "tls" }], dies: { record: "undone", when: "after" } },
      { run: "setup", faults: [{ fault: "html" }, lost] },
    ],
  };
  const least = await shrunk(scenario, async ({ story }) =>
    story.some(({ faults = [] }) => faults.includes(lost)),
  );
  expect(least.story).toEqual([{ run: "setup", faults: [lost] }]);
});

test("what fails without any fault is shown without any", async () => {
  const scenario: Scenario = {
    ...{ name: "x", about: "" },
    story: [{ run: "setup", faults: [refused] }],
  };
  expect((await shrunk(scenario, async () => true)).story).toEqual([{ run: "setup" }]);
});

test("a seed draws the same story each time, and others draw others", () => {
  const subject = {
    sequence: { file: "", integrations: [], steps: [] },
    calm: { writes: { slack: 3, github: 2 }, undoing: 4 },
  };
  const texts = Array.from({ length: 50 }, (_, seed) => JSON.stringify(drawn(subject, seed).story));
  expect(texts).toEqual(
    Array.from({ length: 50 }, (_, seed) => JSON.stringify(drawn(subject, seed).story)),
  );
  expect(new Set(texts).size).toBeGreaterThan(45);
});
