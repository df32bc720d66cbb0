import { describe, expect, test } from "vitest";
import {
  type Breaker,
  breakerOf,
  closedBreaker,
  failed,
  forced,
  keptBreaker,
  permit,
  settled,
  succeeded,
  unproved,
} from "../../src/core/breaker.ts";
import type { Json } from "../../src/core/json.ts";
import { defaultBreaker } from "../../src/core/policy-defaults.ts";
import type { BreakerSettings } from "../../src/core/sequence.ts";

const start = Date.UTC(2030, 0, 1);
const probeMs = 15_000;

/** `x` fails, `.` goes well, each a second after the one before. */
function having(attempts: string, settings: Partial<BreakerSettings> = {}, gapMs = 1_000): Breaker {
  const all = { ...defaultBreaker, ...settings };
  return [...attempts].reduce(
    (breaker, attempt, at) =>
      attempt === "x"
        ? failed(breaker, start + at * gapMs, all, { why: "HTTP 503" })
        : succeeded(breaker, start + at * gapMs, all),
    closedBreaker,
  );
}

describe("opens", () => {
  test.each([
    ["xxxx", "closed"],
    ["xxxxx", "open"],
    ["xxxx.", "closed"],
    ["xxxx.xxxx", "open"],
    ["x.x.", "closed"],
    ["x.x.x", "open"],
    [".x.x.", "closed"],
    ["...xx", "closed"],
    ["...xxx", "open"],
    [".................................x", "closed"],
  ])("%s: %s", (attempts, state) => {
    expect(having(attempts).state).toBe(state);
  });

  test("not by its own where it is switched off, and by its own numbers", () => {
    expect(having("xxxxxxxxxx", { enabled: false }).state).toBe("closed");
    expect(having("xx", { consecutive: 2 }).state).toBe("open");
    expect(having("x.x.x", { ratio: 0.7 }).state).toBe("closed");
    expect(having("x.x", { minimum: 3 }).state).toBe("open");
  });

  test("what was longer ago than the window does not count, nor a row of long ago", () => {
    expect(having("x.x.x", {}, 31_000).state).toBe("closed");
    expect(having("xxxxx", {}, 31_000).state).toBe("open");
    expect(having("xxxxxxxxxx", {}, 301_000).state).toBe("closed");
  });

  test("for its time, or for as long as the service asks, also when asked late", () => {
    const four = having("xxxx");
    const at = start + 4_000;
    expect(failed(four, at, defaultBreaker, { why: "x" }).until).toBe(at + 30_000);
    const asked = failed(four, at, defaultBreaker, { why: "x", retryAfterMs: 90_000 });
    expect(asked.until).toBe(at + 90_000);
    expect(failed(asked, at, defaultBreaker, { why: "x", retryAfterMs: 1 }).until).toBe(
      at + 90_000,
    );
    expect(failed(asked, at, defaultBreaker, { why: "x", retryAfterMs: 99_999 }).until).toBe(
      at + 99_999,
    );
    expect(failed(asked, at + 5, defaultBreaker, { why: "x" })).toBe(asked);
    expect(succeeded(asked, at + 5, defaultBreaker)).toBe(asked);
  });
});

describe("half-open", () => {
  const open = having("xxxxx");
  const over = open.until as number;

  test("one is let through when the time is over, and no other until it is back or given up", () => {
    expect(permit(open, over - 1, probeMs)).toEqual({ go: false, waitMs: 1 });
    const first = permit(open, over, probeMs);
    expect(first).toMatchObject({ go: true, probe: true, breaker: { state: "half-open" } });
    const probing = (first as { breaker: Breaker }).breaker;
    expect(permit(probing, over + 1, probeMs)).toEqual({ go: false, waitMs: 1_000 });
    expect(permit(probing, over + probeMs, probeMs)).toMatchObject({ go: true, probe: true });
  });

  test("what the probe shows decides; what others show does not", () => {
    const { breaker } = permit(open, over, probeMs) as { breaker: Breaker };
    expect(succeeded(breaker, over, defaultBreaker)).toBe(breaker);
    expect(failed(breaker, over, defaultBreaker, { why: "x" })).toBe(breaker);
    expect(succeeded(breaker, over, defaultBreaker, true)).toMatchObject({
      ...{ state: "closed", failures: 0, recent: [] },
    });
    const again = failed(breaker, over + 5, defaultBreaker, { why: "HTTP 500", probe: true });
    expect(again).toMatchObject({ state: "open", until: over + 5 + 30_000 });
    expect(again.why).toContain("HTTP 500");
    const next = permit(unproved(breaker, over + 5), over + 6, probeMs);
    expect(next).toMatchObject({ go: true, probe: true });
  });
});

describe("by hand", () => {
  test("held open: nothing goes; for a time, then it is closed again by itself", () => {
    expect(permit(forced("forced-open", start, "maintenance"), start + 1e9, probeMs)).toEqual({
      go: false,
    });
    const held = forced("forced-open", start, "maintenance", start + 60_000);
    expect(permit(held, start, probeMs)).toEqual({ go: false, waitMs: 60_000 });
    expect(permit(held, start + 60_000, probeMs)).toMatchObject({ go: true, probe: false });
    expect(settled(held, start + 60_000)).toMatchObject({ state: "closed", since: start + 60_000 });
  });

  test("held closed: everything goes, however much fails", () => {
    let held = forced("forced-closed", start, "asked");
    for (let n = 0; n < 20; n += 1) held = failed(held, start + n, defaultBreaker, { why: "x" });
    expect(permit(held, start + 30, probeMs)).toMatchObject({ go: true, probe: false });
  });
});

describe("what was kept", () => {
  test("comes back as it was, at the same address only, but for what was set by hand", () => {
    const open = having("xxxxx");
    const kept = JSON.parse(JSON.stringify(keptBreaker(open, "https://a.test"))) as Json;
    expect(breakerOf(kept, "https://a.test")).toEqual(open);
    expect(breakerOf(kept)).toEqual(open);
    expect(breakerOf(kept, "https://b.test")).toBe(closedBreaker);
    const held = forced("forced-open", start, "asked");
    expect(breakerOf(keptBreaker(held, ""), "https://b.test").state).toBe("forced-open");
  });

  test.each([[undefined], [null], [[]], ["open"], [{ state: "ajar" }], [{ state: 5 }]])(
    "%o makes no sense: closed",
    (kept) => {
      expect(breakerOf(kept as Json | undefined)).toBe(closedBreaker);
    },
  );
});
