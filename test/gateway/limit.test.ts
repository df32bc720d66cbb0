import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { rootFailure } from "../../src/core/failure.ts";
import { memoryMemo } from "../../src/core/memory-memo.ts";
import type { ProviderLimit } from "../../src/core/provider.ts";
import { within } from "../../src/gateway/context.ts";
import type { GatewayOptions } from "../../src/gateway/gateway.ts";
import fc from "../support/property.ts";
import { mostWithin } from "../support/windows.ts";
import { type Answer, gatewayOn, outcomeOf, reply } from "./harness.ts";

const url = "http://service.test/things";
const minute = 60_000;
const hundred: ProviderLimit = { id: "requests", requests: 100, perMs: minute, burst: 20 };

function limited(
  limits: readonly ProviderLimit[],
  answers: readonly Answer[] = [reply(200)],
  options: Partial<GatewayOptions> = {},
  totalMs = 600_000,
) {
  return gatewayOn(answers, {
    settings: {
      timeouts: { totalMs },
      retry: { maxAttempts: 3, baseDelayMs: 1_000, maxDelayMs: 10_000 },
      concurrency: { reads: 1_000, writes: 1_000 },
      limits,
    },
    ...options,
  });
}
const times = (sent: readonly { at: number }[]) => sent.map(({ at }) => [at, 1] as const);

test("200 calls through 100 a minute: all go, never more than 100 in any minute, 20 at once", async () => {
  const { fetch, clock, sent } = limited([hundred]);
  const all = Array.from({ length: 200 }, () => fetch(url));
  await clock.advance(5 * minute);
  await Promise.all(all);
  expect(sent).toHaveLength(200);
  expect(mostWithin(times(sent), minute)).toBeLessThanOrEqual(100);
  expect(mostWithin(times(sent), 0)).toBeLessThanOrEqual(20);
  // Not slower than need be either.
  expect(sent.at(-1)?.at).toBeLessThan(2.5 * minute);
});

test("whenever calls come, by whichever gateway on one memory, the limit holds", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 50, max: 20_000 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 2 })), {
        minLength: 1,
        maxLength: 120,
      }),
      async (requests, burst, perMs, schedule) => {
        const memo = memoryMemo();
        const limits = [{ id: "requests", requests, perMs, burst }];
        const one = limited(limits, undefined, { memo }, 1e9);
        const used: (readonly [number, number])[] = [];
        const transport: GatewayOptions["transport"] = async () => {
          used.push([one.clock.monotonic(), 1]);
          return reply(200);
        };
        const gateways = [0, 1, 2].map(
          () => limited(limits, undefined, { memo, transport, clock: one.clock }, 1e9).fetch,
        );
        const all: Promise<unknown>[] = [];
        for (const [gap, which] of schedule) {
          await one.clock.advance(gap);
          all.push(gateways[which]?.(url) as Promise<unknown>);
        }
        await one.clock.advance(schedule.length * (perMs + 2));
        await Promise.all(all);
        expect(used).toHaveLength(schedule.length);
        expect(mostWithin(used, perMs)).toBeLessThanOrEqual(requests);
        expect(mostWithin(used, 0)).toBeLessThanOrEqual(Math.min(requests, burst));
      },
    ),
    { numRuns: 40 },
  );
});

test("ten runs one after another obey the limit as one long one", async () => {
  const memo = memoryMemo();
  const { clock } = limited([hundred]);
  const used: (readonly [number, number])[] = [];
  const transport: GatewayOptions["transport"] = async () => {
    used.push([clock.monotonic(), 1]);
    return reply(200);
  };
  for (let run = 0; run < 10; run += 1) {
    const { fetch } = limited([hundred], undefined, { memo, transport, clock });
    const all = Array.from({ length: 20 }, () => fetch(url));
    while (used.length < 20 * (run + 1)) await clock.advance(100);
    await Promise.all(all);
  }
  expect(used).toHaveLength(200);
  expect(mostWithin(used, minute)).toBeLessThanOrEqual(100);
});

describe("waiting", () => {
  const one: ProviderLimit = { id: "requests", requests: 60, perMs: minute, burst: 1 };

  test("is first come, first served, told, and not part of how long the call took", async () => {
    const { fetch, clock, sent, events } = limited([one]);
    const all = ["a", "b", "c"].map((name) => fetch(`${url}/${name}`));
    await clock.advance(5_000);
    await Promise.all(all);
    expect(sent.map(({ url }) => url.at(-1))).toEqual(["a", "b", "c"]);
    const waiting = events.filter(({ type }) => type === "call.waiting");
    expect(waiting).toMatchObject([
      { operation: "GET /things/b", waitMs: sent[1]?.at, limit: "60 requests in 60 s" },
      { operation: "GET /things/c", limit: "60 requests in 60 s" },
    ]);
    const finished = events.filter(({ type }) => type === "call.finished");
    expect(finished[0]).not.toHaveProperty("waitedMs");
    expect(finished[1]).toMatchObject({ waitedMs: sent[1]?.at, durationMs: 0 });
  });

  test("of a few ms is not worth a word", async () => {
    const { fetch, clock, events } = limited([{ ...one, requests: 60_000 }]);
    const all = [fetch(url), fetch(url)];
    await clock.advance(100);
    await Promise.all(all);
    expect(events.map(({ type }) => type)).toEqual(["call.finished", "call.finished"]);
  });

  test("past the deadline ends at once: nothing was sent, and it says when to come back", async () => {
    const { fetch, sent, events } = limited([{ ...one, requests: 2 }], undefined, {}, 15_000);
    await fetch(url);
    const done = outcomeOf(fetch(url, { method: "POST" }));
    await setImmediate();
    expect(rootFailure(done.error)).toMatchObject({
      ...{ code: "GATEWAY_LIMITED", outcome: "not-applied", transient: true },
      retryAfterMs: expect.closeTo(30_000, -3),
      message: expect.stringContaining("2 requests in 60 s"),
    });
    expect(sent).toHaveLength(1);
    expect(events.map(({ type }) => type)).toEqual(["call.finished", "call.refused"]);
  });

  test("ends when the run is interrupted, and the others move up", async () => {
    const stop = new AbortController();
    const { fetch, clock, sent } = limited([one]);
    await fetch(`${url}/a`);
    const leaving = outcomeOf(within({ signal: stop.signal }, () => fetch(`${url}/b`)));
    const staying = fetch(`${url}/c`);
    await setImmediate();
    stop.abort();
    await setImmediate();
    expect(rootFailure(leaving.error)).toMatchObject({ code: "RUN_INTERRUPTED" });
    await clock.advance(1_100);
    await staying;
    expect(sent.map(({ url }) => url.at(-1))).toEqual(["a", "c"]);
    await setImmediate();
    await setImmediate();
    expect(clock.sleeping).toBe(0);
  });
});

describe("limits that count apart, or not every call", () => {
  test("a name that is used up does not hold up another, and costs add up", async () => {
    const byMethod: ProviderLimit = {
      ...{ id: "method", requests: 2, perMs: minute, burst: 1 },
      per: ({ name }) => name,
    };
    const points: ProviderLimit = {
      ...{ id: "points", requests: 10, perMs: minute, burst: 10 },
      cost: ({ write }) => (write ? 5 : 0),
    };
    const { fetch, sent, clock } = limited([byMethod, points]);
    const slow = [fetch(`${url}/a`), fetch(`${url}/a`)];
    await fetch(`${url}/b`);
    await fetch(`${url}/c`, { method: "POST" });
    await fetch(`${url}/d`, { method: "POST" });
    const dear = fetch(`${url}/e`, { method: "POST" });
    await fetch(`${url}/f`);
    expect(sent.map(({ url }) => url.at(-1))).toEqual(["a", "b", "c", "d", "f"]);
    await clock.advance(10 * minute);
    await Promise.all([...slow, dear]);
  });
});

describe("what the service says counts more", () => {
  const loose: ProviderLimit = { id: "requests", requests: 10_000, perMs: minute, burst: 1_000 };
  const refusal = reply(429, {}, { "retry-after": "20" });

  test("Retry-After makes all calls wait, also those of another gateway", async () => {
    const memo = memoryMemo();
    const { fetch, clock, sent, events } = limited([loose], [refusal, reply(200)], { memo });
    const other = limited([loose], undefined, { memo, clock });
    const first = fetch(url);
    await setImmediate();
    const [second, third] = [fetch(url), other.fetch(url)];
    await clock.advance(19_999);
    expect([sent.length, other.sent.length]).toEqual([1, 0]);
    await clock.advance(2);
    await Promise.all([first, second, third]);
    expect([sent.length, other.sent.length]).toEqual([3, 1]);
    expect(events.find(({ type }) => type === "call.waiting")).toMatchObject({
      waitMs: 20_000,
      limit: expect.stringContaining("asked by the service"),
    });
  });

  test("where the service counts by method, only that one waits", async () => {
    const apart: ProviderLimit = { ...loose, id: "method", per: ({ name }) => name, apart: true };
    const { fetch, clock, sent } = limited([loose, apart], [refusal, reply(200)]);
    const first = fetch(`${url}/a`);
    await setImmediate();
    const second = fetch(`${url}/a`);
    await fetch(`${url}/b`);
    expect(sent).toHaveLength(2);
    await clock.advance(20_100);
    await Promise.all([first, second]);
  });

  test("longer than the call has time for: one request, and the next ones none", async () => {
    const long = reply(429, {}, { "retry-after": "100" });
    const { fetch, sent } = limited([], [long], {}, 15_000);
    await expect(fetch(url)).rejects.toMatchObject({ failure: { status: 429 } });
    await expect(fetch(url)).rejects.toMatchObject({
      failure: { code: "GATEWAY_LIMITED", retryAfterMs: 100_000 },
    });
    expect(sent).toHaveLength(1);
  });

  test("few remain: only so many go, and none once none remain", async () => {
    const header = (left: number, s: number) =>
      reply(200, {}, { "x-ratelimit-remaining": String(left), "x-ratelimit-reset": String(s) });
    const { fetch, clock, sent } = limited(
      [{ ...loose, burst: 50, requests: 51 }],
      [header(3, 900), header(2, 900), header(0, 900), reply(200)],
      {},
      1_000_000,
    );
    await fetch(url);
    await fetch(url);
    await fetch(url);
    const waiting = [fetch(url), fetch(url)];
    await clock.advance(899_000);
    expect(sent).toHaveLength(3);
    await clock.advance(1_001);
    await Promise.all(waiting);
  }, 20_000);
});
