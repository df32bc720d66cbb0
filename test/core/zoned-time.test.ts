import { expect, test } from "vitest";
import { instantOf, isTimeZone, offsetMs } from "../../src/core/zoned-time.ts";

const iso = (text: string, zone?: string) => new Date(instantOf(text, zone)).toISOString();

test("a time without an offset is meant in its zone, and in UTC without one", () => {
  expect(iso("2026-01-31T09:00:00")).toBe("2026-01-31T09:00:00.000Z");
  expect(iso("2026-01-31 09:00")).toBe("2026-01-31T09:00:00.000Z");
  expect(iso("2026-01-31T09:00:00", "Europe/Brussels")).toBe("2026-01-31T08:00:00.000Z");
  expect(iso("2026-07-31T09:00:00", "Europe/Brussels")).toBe("2026-07-31T07:00:00.000Z");
  expect(iso("2026-01-31T09:00:00.250", "Asia/Kolkata")).toBe("2026-01-31T03:30:00.250Z");
  expect(iso("2026-01-31T20:00:00", "America/New_York")).toBe("2026-02-01T01:00:00.000Z");
});

test("an offset stands, whatever the zone", () => {
  expect(iso("2026-01-31T09:00:00+02:00", "America/New_York")).toBe("2026-01-31T07:00:00.000Z");
  expect(iso("2026-01-31T09:00:00Z", "America/New_York")).toBe("2026-01-31T09:00:00.000Z");
});

test("around the change of the clocks the nearest hour is taken", () => {
  expect(iso("2026-03-29T01:59:00", "Europe/Brussels")).toBe("2026-03-29T00:59:00.000Z");
  expect(iso("2026-03-29T03:00:00", "Europe/Brussels")).toBe("2026-03-29T01:00:00.000Z");
  expect(iso("2026-10-25T03:00:00", "Europe/Brussels")).toBe("2026-10-25T02:00:00.000Z");
});

test("zones are told from other words, and what is no date is none", () => {
  expect(isTimeZone("Europe/Brussels")).toBe(true);
  expect(isTimeZone("Brussels")).toBe(false);
  expect(offsetMs(Date.UTC(2026, 0, 31), "Asia/Kolkata")).toBe(5.5 * 3_600_000);
  expect(instantOf("tomorrow")).toBeNaN();
});
