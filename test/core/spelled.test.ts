import { expect, it } from "vitest";
import { spelled, spelledWait } from "../../src/core/spelled.ts";

const [second, minute, hour] = [1_000, 60_000, 3_600_000];

it.each([
  [0, "0 s"],
  [119 * second, "119 s"],
  [45 * minute, "45 minutes"],
  [-3 * hour, "3 hours"],
  [96 * hour, "4 days"],
])("%d ms are %s", (ms, words) => {
  expect(spelled(ms)).toBe(words);
});

const now = Date.parse("2026-03-01T12:05:00Z");

it.each([
  [1, "1 s"],
  [60 * second, "60 s"],
  [2 * hour, "2 hours, until 14:05 UTC"],
  [30 * hour, "30 hours, until 2026-03-02 18:05 UTC"],
])("a wait of %d ms is %s", (ms, words) => {
  expect(spelledWait(ms, now)).toBe(words);
});
