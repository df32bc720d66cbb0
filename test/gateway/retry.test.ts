import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rootFailure } from "../../src/core/failure.ts";
import { WireError } from "../../src/core/wire-error.ts";
import { waitMs } from "../../src/gateway/retry.ts";
import { seeded } from "../support/fake-clock.ts";
import { gatewayOn, outcomeOf, reply } from "./harness.ts";

const reset = new WireError("reset", "cut", { sent: true });
const refused = new WireError("refused", "refused", { sent: false });

test("waits have full jitter within their bounds and never undercut what the service asks", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 0, max: 60_000 }),
      fc.option(fc.integer({ min: 0, max: 120_000 }), { nil: undefined }),
      (seed, attempt, baseDelayMs, maxDelayMs, retryAfterMs) => {
        const settings = { baseDelayMs, maxDelayMs };
        const wait = waitMs(attempt, retryAfterMs, settings, seeded(seed));
        const ceiling = Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
        expect(wait).toBeGreaterThanOrEqual(retryAfterMs ?? 0);
        expect(wait).toBeLessThanOrEqual(Math.max(ceiling, retryAfterMs ?? 0));
        expect(wait).toBe(waitMs(attempt, retryAfterMs, settings, seeded(seed)));
      },
    ),
  );
});

test("full jitter uses the whole range", () => {
  const random = seeded(1);
  const waits = Array.from({ length: 1_000 }, () =>
    waitMs(3, undefined, { baseDelayMs: 1_000, maxDelayMs: 60_000 }, random),
  );
  expect(Math.min(...waits)).toBeLessThan(100);
  expect(Math.max(...waits)).toBeGreaterThan(3_900);
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  expect(mean).toBeGreaterThan(1_850);
  expect(mean).toBeLessThan(2_150);
});

test("the same seed sends at the same moments", async () => {
  const times = async () => {
    const { fetch, clock, sent } = gatewayOn([refused]);
    const done = outcomeOf(fetch("http://service.test/a"));
    await clock.advance(15_000);
    expect(rootFailure(done.error)).toMatchObject({ code: "GATEWAY_REFUSED" });
    return sent.map(({ at }) => at);
  };
  const first = await times();
  expect(first).toHaveLength(3);
  expect(new Set(first).size).toBe(3);
  expect(await times()).toEqual(first);
});

describe("Retry-After", () => {
  const http = (ms: number) => new Date(Date.UTC(2030, 0, 1) + ms).toUTCString();
  const epoch = (ms: number) => String((Date.UTC(2030, 0, 1) + ms) / 1000);
  test.each([
    ["seconds", { "retry-after": "5" }, 5_000],
    ["a date, by the local clock", { "retry-after": http(5_000) }, 5_000],
    ["a date, by the service's clock", { "retry-after": http(65_000), date: http(60_000) }, 5_000],
    ["a date that is past", { "retry-after": http(-5_000) }, 0],
    ["a spent quota", { "x-ratelimit-remaining": "0", "x-ratelimit-reset": epoch(5_000) }, 5_000],
    [
      "a spent quota, by the service's clock",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": epoch(65_000), date: http(60_000) },
      5_000,
    ],
    [
      "a spent quota in seconds from now",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "5" },
      5_000,
    ],
    [
      "a quota that is not spent",
      { "x-ratelimit-remaining": "9", "x-ratelimit-reset": epoch(5_000) },
      0,
    ],
    ["rubbish", { "retry-after": "soon" }, 0],
  ])("as %s is honoured", async (_form, headers, waitMs) => {
    const { fetch, clock, sent } = gatewayOn([reply(429, {}, headers), reply(200)]);
    const done = outcomeOf(fetch("http://service.test/a", { method: "POST" }));
    await clock.advance(15_000);
    expect(done.value).toMatchObject({ status: 200 });
    expect(sent).toHaveLength(2);
    expect(sent[1]?.at).toBeGreaterThanOrEqual(waitMs);
    expect(sent[1]?.at).toBeLessThanOrEqual(waitMs + 1_000);
  });

  test("beyond what is left of the deadline ends the call at once, and is passed on", async () => {
    const { fetch, clock, sent } = gatewayOn([reply(429, {}, { "retry-after": "16" })]);
    await expect(fetch("http://service.test/a")).rejects.toMatchObject({
      failure: {
        code: "GATEWAY_RATE_LIMITED",
        outcome: "not-applied",
        transient: true,
        status: 429,
        retryAfterMs: 16_000,
      },
    });
    expect(sent).toHaveLength(1);
    expect(clock.monotonic()).toBe(0);
  });

  test("counts what earlier attempts have used up", async () => {
    const { fetch, clock, sent } = gatewayOn([reply(429, {}, { "retry-after": "8" })]);
    const done = outcomeOf(fetch("http://service.test/a"));
    await clock.advance(8_000);
    expect(rootFailure(done.error)).toMatchObject({ code: "GATEWAY_RATE_LIMITED" });
    expect(sent).toHaveLength(2);
  });
});

describe("what is sent again", () => {
  const unknownToPut = { GET: 3, PUT: 3, DELETE: 3, POST: 1, PATCH: 1 };
  const all = { GET: 3, PUT: 3, DELETE: 3, POST: 3, PATCH: 3 };
  const never = { GET: 1, PUT: 1, DELETE: 1, POST: 1, PATCH: 1 };
  test.each([
    ["refused", refused, all],
    ["reset", reset, unknownToPut],
    ["no connection in time", new WireError("connect-timeout", "", { sent: false }), all],
    ["a bad certificate", new WireError("tls", "", { sent: false }), never],
    ["too large", new WireError("too-large", "", { sent: true }), never],
    ["429", reply(429), all],
    ["425", reply(425), all],
    ["408", reply(408), unknownToPut],
    ["500", reply(500), unknownToPut],
    ["501", reply(501), never],
    ["503", reply(503), unknownToPut],
    ["529", reply(529), unknownToPut],
    ["400", reply(400), never],
    ["403", reply(403), never],
    ["404", reply(404), never],
    ["302", reply(302), never],
    ["303", reply(303), never],
    ["200 without JSON", reply(200, "<html>"), unknownToPut],
    ["200", reply(200), never],
    ["204", reply(204, ""), never],
    ["304", reply(304, ""), never],
  ] as const)("%s", async (_name, answer, expected) => {
    const counts: Record<string, number> = {};
    for (const method of Object.keys(expected)) {
      const { fetch, clock, sent } = gatewayOn([answer]);
      outcomeOf(fetch("http://service.test/a", { method }));
      await clock.advance(15_000);
      counts[method] = sent.length;
    }
    expect(counts).toEqual(expected);
  });

  test("what the provider says of a reply counts before its status", async () => {
    const judged = gatewayOn([reply(200, { ok: false }), reply(200, { ok: true })], {
      wire: {
        describe: () => ({ name: "post", write: true, idempotent: false }),
        judge: (_request, { text }) =>
          text.includes("false")
            ? { outcome: "not-applied", transient: true, reason: "ratelimited" }
            : undefined,
      },
    });
    const done = outcomeOf(judged.fetch("http://service.test/a", { method: "POST" }));
    await judged.clock.advance(15_000);
    expect(await (done.value as Response).json()).toEqual({ ok: true });
    expect(judged.events.filter(({ type }) => type === "call.retrying")).toEqual([
      expect.objectContaining({ attempt: 2, reason: "ratelimited", operation: "post" }),
    ]);
  });

  test("three attempts are the most, whatever the settings say; none is too few", async () => {
    for (const [maxAttempts, expected] of [
      [99, 3],
      [2, 2],
      [1, 1],
      [0, 1],
    ] as const) {
      const { fetch, clock, sent } = gatewayOn([refused], {
        settings: {
          timeouts: { totalMs: 1e6 },
          retry: { maxAttempts, baseDelayMs: 1, maxDelayMs: 1 },
          concurrency: { reads: 1, writes: 1 },
        },
      });
      outcomeOf(fetch("http://service.test/a"));
      await clock.advance(1_000);
      expect(sent).toHaveLength(expected);
    }
  });
});

describe("a doubt about an earlier attempt", () => {
  test.each([
    ["a refusal", reply(422), "GATEWAY_UNSURE", 422],
    ["no connection", refused, "GATEWAY_REFUSED", undefined],
    ["a rate limit", reply(429, {}, { "retry-after": "99" }), "GATEWAY_RATE_LIMITED", 429],
  ])("outlives %s", async (_name, second, code, status) => {
    const { fetch, clock } = gatewayOn([reset, second]);
    const done = outcomeOf(fetch("http://service.test/a", { method: "PUT" }));
    await clock.advance(15_000);
    const failure = rootFailure(done.error);
    expect(failure).toMatchObject({ code, outcome: "unknown" });
    expect(failure?.status).toBe(status);
  });

  test("ends with a success, and for DELETE with what is gone", async () => {
    for (const [method, second, status] of [
      ["PUT", reply(200), 200],
      ["DELETE", reply(404), 404],
      ["DELETE", reply(410), 410],
    ] as const) {
      const { fetch, clock } = gatewayOn([reset, second]);
      const done = outcomeOf(fetch("http://service.test/a", { method }));
      await clock.advance(15_000);
      expect(done.value).toMatchObject({ status });
    }
  });
});

test("an error that is nobody's failure is a bug and goes straight up", async () => {
  const bug = new TypeError("bug");
  const { fetch, sent } = gatewayOn([() => Promise.reject(bug)]);
  await expect(fetch("http://service.test/a")).rejects.toBe(bug);
  expect(sent).toHaveLength(1);
});
