import { afterAll, beforeAll, expect, test } from "vitest";
import type { ScenarioFault } from "../../src/core/scenario.ts";
import { logOf, type TestStage, testStage } from "../support/stage.ts";

let stage: TestStage;
beforeAll(async () => {
  stage = await testStage();
});
afterAll(() => stage.close());

const rough: readonly ScenarioFault[] = [
  { fault: "slow", ms: 300, jitterMs: 900 },
  { fault: "status", status: 503, probability: 0.2 },
  { fault: "reset", when: "after", calls: "writes", probability: 0.2 },
  { fault: "stall", when: "headers", probability: 0.05 },
];
const stormy = {
  story: [
    { run: "setup", faults: rough },
    { run: "rollback", faults: rough },
  ],
} as const;

test("the same seed tells the same story, byte for byte", async () => {
  const first = await stage.play(stormy, 7);
  const second = await stage.play(stormy, 7);
  expect(first.moments.length).toBeGreaterThan(100);
  expect(logOf(second)).toBe(logOf(first));
});

test("on another stage as well: nothing of the process is in it", async () => {
  const other = await testStage();
  try {
    const [first, second] = [await stage.play(stormy, 8), await other.play(stormy, 8)];
    expect(logOf(second)).toBe(logOf(first));
  } finally {
    await other.close();
  }
});

test("another seed tells another story", async () => {
  const [one, other] = [await stage.play(stormy, 1), await stage.play(stormy, 2)];
  expect(logOf(one)).not.toBe(logOf(other));
});

test("an hour of outage takes no hour", async () => {
  const faults: ScenarioFault[] = [{ fault: "refused", integration: "slack", untilMs: 3_600_000 }];
  const started = performance.now();
  const story = await stage.play({
    faults,
    story: [
      { run: "setup" },
      { run: "setup", afterMs: 3_600_000, expect: { outcome: "succeeded" } },
    ],
  });
  expect(story.violations).toEqual([]);
  expect(story.elapsedMs).toBeGreaterThan(3_600_000);
  expect(performance.now() - started).toBeLessThan(30_000);
});
