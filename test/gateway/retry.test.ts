import { describe, expect, test } from "vitest";
import { failure, rootFailure, TestxError } from "../../src/core/failure.ts";
import { WireError } from "../../src/core/wire-error.ts";
import type { RetrySettings } from "../../src/gateway/retry-policies.ts";
import fc from "../support/property.ts";
import { gatewayOn, outcomeOf, reply } from "./harness.ts";

const settings = (retry: RetrySettings) => ({
  timeouts: { totalMs: 15_000 },
  retry,
  concurrency: { reads: 4, writes: 1 },
});

const reset = new WireError("reset", "cut", { sent: true });
const refused = new WireError("refused", "refused", { sent: false });

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

  test("as often as the settings say; never less than once", async () => {
    for (const [maxAttempts, expected] of [
      [10, 10],
      [5, 5],
      [1, 1],
      [0, 1],
    ] as const) {
      const { fetch, clock, sent } = gatewayOn([refused], {
        settings: settings({ maxAttempts, baseDelayMs: 1, maxDelayMs: 1 }),
      });
      outcomeOf(fetch("http://service.test/a"));
      await clock.advance(1_000);
      expect(sent).toHaveLength(expected);
    }
  });

  test("a write that may have been applied is not, however many attempts the settings give", async () => {
    const { fetch, clock, sent } = gatewayOn([reset], {
      settings: settings({
        ...{ maxAttempts: 10, baseDelayMs: 1, maxDelayMs: 1, strategy: "fixed" },
        operations: [{ match: "*", settings: { maxAttempts: 20 } }],
      }),
    });
    const done = outcomeOf(fetch("http://service.test/a", { method: "POST" }));
    await clock.advance(1_000);
    expect(sent).toHaveLength(1);
    expect(rootFailure(done.error)).toMatchObject({ outcome: "unknown" });
  });

  test("what testx itself refused is not tried again, but a doubt outlives that too", async () => {
    const refusal = new TestxError(failure("X_OPEN", "open", { transient: true }));
    for (const [method, first, outcome] of [
      ["GET", undefined, "not-applied"],
      ["PUT", reset, "unknown"],
    ] as const) {
      let calls = 0;
      const { fetch, clock, events } = gatewayOn(first ? [first] : [reply(200)], {
        policies: [
          {
            name: "breaker",
            stage: "attempt",
            policy: (next) => (url, init) => {
              calls += 1;
              return calls > (first ? 1 : 0) ? Promise.reject(refusal) : next(url, init);
            },
          },
        ],
      });
      const done = outcomeOf(fetch("http://service.test/a", { method }));
      await clock.advance(15_000);
      expect(rootFailure(done.error)).toMatchObject({ code: "X_OPEN", outcome });
      expect(events.filter(({ type }) => type === "call.refused")).toHaveLength(1);
      expect(calls).toBe(first ? 2 : 1);
    }
  });
});

describe("policies by operation", () => {
  const times = async (operations: NonNullable<RetrySettings["operations"]>, path: string) => {
    const { fetch, clock, sent } = gatewayOn([refused], {
      settings: settings({
        ...{ maxAttempts: 3, baseDelayMs: 100, maxDelayMs: 10_000, strategy: "fixed" },
        operations,
      }),
    });
    outcomeOf(fetch(`http://service.test${path}`));
    await clock.advance(14_000);
    return sent.map(({ at }) => at);
  };

  test("the first whose pattern matches counts, over what holds for the rest", async () => {
    const operations = [
      { match: "GET /slow/*", settings: { baseDelayMs: 1_000, maxAttempts: 4 } },
      { match: "GET /*", settings: { strategy: "linear" } },
    ] as const;
    expect(await times(operations, "/slow/a/b")).toEqual([0, 1_000, 2_000, 3_000]);
    expect(await times(operations, "/other")).toEqual([0, 100, 300]);
    expect(await times([], "/other")).toEqual([0, 100, 200]);
    expect(await times([{ match: "POST *", settings: { maxAttempts: 1 } }], "/a")).toHaveLength(3);
  });
});

describe("the retry budget", () => {
  test("ten retries are free, then one for ten calls; the rest ends with its failure, and it is told", async () => {
    const { fetch, clock, events, sent } = gatewayOn([reply(503)], {
      settings: settings({ maxAttempts: 5, baseDelayMs: 1, maxDelayMs: 1 }),
    });
    const calls = 400;
    for (let n = 0; n < calls; n += 1) {
      const done = outcomeOf(fetch("http://service.test/a"));
      await clock.advance(100);
      expect(done.value).toMatchObject({ status: 503 });
    }
    expect(sent).toHaveLength(calls + 10 + calls / 10);
    const gaveUp = events.filter((event) => event.type === "call.given-up");
    expect(gaveUp.length).toBeGreaterThan(calls / 2);
    expect(gaveUp[0]).toMatchObject({
      integration: "service",
      operation: "GET /a",
      reason: "HTTP 503; the retry budget is used up",
    });
  });

  test("a wait that the service asked for counts too", async () => {
    const { fetch, clock, sent } = gatewayOn([reply(429, {}, { "retry-after": "0" })], {
      settings: settings({ maxAttempts: 20, baseDelayMs: 1, maxDelayMs: 1 }),
    });
    const done = outcomeOf(fetch("http://service.test/a"));
    await clock.advance(1_000);
    expect(sent).toHaveLength(11);
    expect(rootFailure(done.error)).toMatchObject({ code: "GATEWAY_RATE_LIMITED" });
  });

  test("whatever happens, no more than its share is sent again", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(200, 429, 500, 503), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        async (statuses, calls, maxAttempts) => {
          const { fetch, clock, sent } = gatewayOn(
            statuses.map((status) => reply(status)),
            { settings: settings({ maxAttempts, baseDelayMs: 1, maxDelayMs: 1 }) },
          );
          for (let n = 0; n < calls; n += 1) {
            outcomeOf(fetch("http://service.test/a"));
            await clock.advance(50);
          }
          expect(sent.length - calls).toBeLessThanOrEqual(10 + calls / 10);
        },
      ),
      { numRuns: 40 },
    );
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
