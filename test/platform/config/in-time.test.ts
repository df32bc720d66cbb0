import { expect, it } from "vitest";
import { inTime } from "../../../src/platform/config/in-time.ts";

it("gives what is loaded", async () => {
  expect(await inTime(Promise.resolve("settings"), 60_000)).toBe("settings");
  await expect(inTime(Promise.reject(new Error("no key")), 60_000)).rejects.toThrow("no key");
});

it("does not wait for ever for code that never comes to its end", async () => {
  await expect(inTime(new Promise(() => {}), 5)).rejects.toThrow(/its end within 0\.005 s/);
});
