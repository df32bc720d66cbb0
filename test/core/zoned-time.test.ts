import { expect, test } from "vitest";
import { instantOf, isTimeZone, offsetMs } from "../../src/core/zoned-time.ts";

const iso = (text: string, zone?: string) => new Date(instantOf(text, zone)).toISOString();

test("a time without an offset is meant in its zone, and in UTC without one", () => {
  expect(iso("2026-01-31T09:00:00")).toBe("2026-01-31T09:00:00.000Z");
  expect(iso("2026-01-31 09:00")).toBe("2026-01-31T09:00:00.000Z");
  expect(iso("0050-01-31T09:00:00")).toBe("0050-01-31T09:00:00.000Z");
  expect(iso("2026-01-31T09:00:00", "Europe/Brussels")).toBe("2026-01-31T08:00:00.000Z");
  expect(iso("2026-07-31T09:00:00", "Europe/Brussels")).toBe("2026-07-31T07:00:00.000Z");
  expect(iso("2026-01-31T09:00:00.250", "Asia/Kolkata")).toBe("2026-01-31T03:30:00.250Z");
  expect(iso("2026-01-31T20:00:00", "America/New_York")).toBe("2026-02-01T01:00:00.000Z");
});

test("an offset stands, whatever the zone", () => {
  expect(iso("2026-01-31T09:00:00+02:00", "America/New_York")).toBe("2026-01-31T07:00:00.000Z");
  expect(iso("2026-01-31T09:00:00Z", "America/New_York")).toBe("2026-01-31T09:00:00.000Z");
});

test("an hour that the clock skips or repeats is meant as before the change", () => {
  expect(iso("2026-10-25T02:30:00", "Europe/Brussels")).toBe("2026-10-25T00:30:00.000Z");
  expect(iso("2026-11-01T01:30:00", "America/New_York")).toBe("2026-11-01T05:30:00.000Z");
  expect(iso("2026-03-29T02:30:00", "Europe/Brussels")).toBe("2026-03-29T01:30:00.000Z");
  expect(iso("2026-03-08T02:30:00", "America/New_York")).toBe("2026-03-08T07:30:00.000Z");
  expect(iso("2026-04-05T01:45:00", "Australia/Lord_Howe")).toBe("2026-04-04T14:45:00.000Z");
  // Samoa left out a whole day.
  expect(iso("2011-12-30T12:00:00", "Pacific/Apia")).toBe("2011-12-30T22:00:00.000Z");
});

test("around the change of the clocks every other hour is what it says", () => {
  expect(iso("2026-03-29T01:59:00", "Europe/Brussels")).toBe("2026-03-29T00:59:00.000Z");
  expect(iso("2026-03-29T03:00:00", "Europe/Brussels")).toBe("2026-03-29T01:00:00.000Z");
  expect(iso("2026-10-25T01:59:00", "Europe/Brussels")).toBe("2026-10-24T23:59:00.000Z");
  expect(iso("2026-10-25T03:00:00", "Europe/Brussels")).toBe("2026-10-25T02:00:00.000Z");
  expect(iso("2026-03-08T01:59:00", "America/New_York")).toBe("2026-03-08T06:59:00.000Z");
  expect(iso("2026-03-08T03:00:00", "America/New_York")).toBe("2026-03-08T07:00:00.000Z");
});

test("zones are told from other words, and what is no date is none", () => {
  expect(isTimeZone("Europe/Brussels")).toBe(true);
  expect(isTimeZone("Brussels")).toBe(false);
  expect(offsetMs(Date.UTC(2026, 0, 31), "Asia/Kolkata")).toBe(5.5 * 3_600_000);
  expect(instantOf("tomorrow")).toBeNaN();
});
