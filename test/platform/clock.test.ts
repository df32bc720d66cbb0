import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { systemClock } from "../../src/platform/clock.ts";

test("tells the time", () => {
  const before = Date.now();
  expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  const mark = systemClock.monotonic();
  expect(systemClock.monotonic()).toBeGreaterThanOrEqual(mark);
});

test("sleeps at least as long as asked", async () => {
  const from = systemClock.monotonic();
  await systemClock.sleep(20);
  expect(systemClock.monotonic() - from).toBeGreaterThanOrEqual(20);
});

test("wakes with the signal's reason, also from a sleep longer than a timer can hold", async () => {
  const controller = new AbortController();
  const sleep = systemClock.sleep(2 ** 40, controller.signal);
  controller.abort(new Error("stop"));
  await expect(sleep).rejects.toThrow("stop");
});

test("does not sleep when the signal has fired already", async () => {
  await expect(systemClock.sleep(2 ** 40, AbortSignal.abort("why"))).rejects.toBe("why");
});

test("leaves no listener on the signal", async () => {
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 5 }, () => systemClock.sleep(1, signal)));
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});
