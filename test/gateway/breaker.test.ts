import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { rootFailure } from "../../src/core/failure.ts";
import { breakerKey } from "../../src/core/memo-keys.ts";
import { memoryMemo } from "../../src/core/memory-memo.ts";
import { defaultBreaker } from "../../src/core/policy-defaults.ts";
import type { Memo } from "../../src/core/ports.ts";
import { WireError } from "../../src/core/wire-error.ts";
import { within } from "../../src/gateway/context.ts";
import type { GatewayOptions } from "../../src/gateway/gateway.ts";
import type { FakeClock } from "../support/fake-clock.ts";
import { type Answer, gatewayOn, hang, outcomeOf, reply } from "./harness.ts";

const url = "http://service.test/things";

function guarded(answers: readonly Answer[], options: Partial<GatewayOptions> = {}, attempts = 1) {
  return gatewayOn(answers, {
    settings: {
      timeouts: { totalMs: 15_000 },
      retry: { maxAttempts: attempts, baseDelayMs: 1_000, maxDelayMs: 10_000 },
      concurrency: { reads: 10, writes: 10 },
      breaker: defaultBreaker,
      limits: [],
    },
    ...options,
  });
}
const down = new WireError("refused", "refused", { sent: false });
const fails = async (call: Promise<unknown>) =>
  rootFailure(outcomeOf(call).error ?? (await call.catch((error: unknown) => error)));

async function opened(
  options: Partial<GatewayOptions> = {},
  then: readonly Answer[] = [reply(200)],
) {
  const world = guarded([...Array.from({ length: 5 }, () => down), ...then], options);
  for (let n = 0; n < 5; n += 1) await fails(world.fetch(url));
  return world;
}

test("opens after five failures in a row: the next call is refused and nothing is sent", async () => {
  const { fetch, sent, events } = await opened();
  expect(await fails(fetch(url, { method: "POST" }))).toMatchObject({
    ...{ code: "BREAKER_OPEN", outcome: "not-applied", transient: true, retryAfterMs: 30_000 },
    message: expect.stringContaining("5 failures in a row: GATEWAY_REFUSED: refused"),
  });
  expect(sent).toHaveLength(5);
  expect(events.filter(({ type }) => type === "breaker.changed")).toMatchObject([
    { from: "closed", to: "open", until: expect.any(Number) },
  ]);
  expect(events.at(-1)).toMatchObject({ type: "call.refused", failure: { code: "BREAKER_OPEN" } });
});

describe("what is a failure", () => {
  test.each<[string, Answer, boolean]>([
    ["refused", down, true],
    ["no such name", new WireError("dns", "dns", { sent: false }), true],
    ["no connection in time", new WireError("connect-timeout", "slow", { sent: false }), true],
    ["cut", new WireError("reset", "cut", { sent: true }), true],
    ["TLS", new WireError("tls", "bad certificate", { sent: false }), true],
    ["HTTP 500", reply(500), true],
    ["HTTP 503", reply(503), true],
    ["a success that cannot be read", reply(200, "<html>"), true],
    ["HTTP 404", reply(404), false],
    ["HTTP 401", reply(401), false],
    ["HTTP 408", reply(408), false],
    ["HTTP 409", reply(409), false],
    ["HTTP 429", reply(429), false],
    ["a redirect", reply(302, "", { location: "http://x.test/" }), false],
    ["a request that cannot be made", new WireError("invalid", "no", { sent: false }), false],
  ])("%s", async (_, answer, failure) => {
    const { fetch, sent } = guarded([answer]);
    for (let n = 0; n < 8; n += 1) await fails(fetch(url));
    expect(sent).toHaveLength(failure ? 5 : 8);
  });

  test("one that ran out of time is; one that the user stopped is not", async () => {
    const slow = guarded([hang()]);
    const all = Array.from({ length: 5 }, () => outcomeOf(slow.fetch(url)));
    await slow.clock.advance(15_000);
    expect(all.map(({ error }) => rootFailure(error)?.code)).toEqual(
      Array(5).fill("GATEWAY_TIMEOUT"),
    );
    expect(await fails(slow.fetch(url))).toMatchObject({ code: "BREAKER_OPEN" });

    const stopped = guarded([hang(), hang(), hang(), hang(), hang(), reply(200)]);
    const stop = new AbortController();
    const calls = Array.from({ length: 5 }, () =>
      outcomeOf(within({ signal: stop.signal }, () => stopped.fetch(url))),
    );
    await setImmediate();
    stop.abort();
    await setImmediate();
    expect(calls.map(({ error }) => rootFailure(error)?.code)).toEqual(
      Array(5).fill("RUN_INTERRUPTED"),
    );
    expect((await stopped.fetch(url)).status).toBe(200);
  });

  test("half of what is sent within the window", async () => {
    const { fetch, sent } = guarded([reply(500), reply(200), reply(500), reply(200), reply(500)]);
    for (let n = 0; n < 8; n += 1) await fails(fetch(url));
    expect(sent).toHaveLength(5);
  });

  test("what went well long ago does not outweigh what fails now", async () => {
    const good = Array.from({ length: 200 }, () => reply(200));
    const { fetch, clock, sent } = guarded([...good, reply(500), reply(200), reply(500)]);
    for (let n = 0; n < 200; n += 1) await fetch(url);
    await clock.advance(60_000);
    for (let n = 0; n < 20; n += 1) await fails(fetch(url));
    expect(sent).toHaveLength(205);
  });
});

describe("three attempts of one call", () => {
  test("do not open it by themselves, and the one that does ends its call with its own failure", async () => {
    const { fetch, clock, sent, events } = guarded([reply(503)], {}, 3);
    const first = outcomeOf(fetch(url));
    await clock.advance(15_000);
    expect(first.value).toMatchObject({ status: 503 });
    expect(sent).toHaveLength(3);
    expect(events.some(({ type }) => type === "breaker.changed")).toBe(false);
    const second = outcomeOf(fetch(url));
    await clock.advance(15_000);
    // The fifth attempt opens it: what the service said is told, not that testx would refuse.
    expect(second.value).toMatchObject({ status: 503 });
    expect(sent).toHaveLength(5);
    expect(events.some(({ type }) => type === "call.refused")).toBe(false);
  });

  test("an unknown write stays unknown when its next attempt is refused", async () => {
    const { fetch, clock } = guarded([reply(503)], {}, 3);
    const write = outcomeOf(fetch(url, { method: "PUT" }));
    await setImmediate();
    for (let n = 0; n < 4; n += 1) await fails(fetch(url, { method: "POST" }));
    await clock.advance(15_000);
    expect(rootFailure(write.error)).toMatchObject({ code: "BREAKER_OPEN", outcome: "unknown" });
  });
});

describe("half-open", () => {
  test("exactly one goes; the others wait until it is back, then all go", async () => {
    let answer: ((value: ReturnType<typeof reply>) => void) | undefined;
    const { fetch, clock, sent, events } = await opened({}, [
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      reply(200),
    ]);
    await clock.advance(30_000);
    const probe = fetch(url);
    await setImmediate();
    const others = [fetch(url), fetch(url)];
    await clock.advance(1_000);
    expect(sent).toHaveLength(6);
    answer?.(reply(200));
    await probe;
    await clock.advance(1_000);
    await Promise.all(others);
    const changes = events.filter((event) => event.type === "breaker.changed");
    expect(changes.map(({ from, to }) => `${from} ${to}`)).toEqual([
      ...["closed open", "open half-open", "half-open closed"],
    ]);
    const finished = events.filter((event) => event.type === "call.finished");
    expect(finished.map(({ breaker }) => breaker).slice(5)).toEqual([
      "half-open",
      undefined,
      undefined,
    ]);
  });

  test("what waits for a probe that fails is refused", async () => {
    let answer: (() => void) | undefined;
    const { fetch, clock, sent } = await opened({}, [
      () =>
        new Promise((_, reject) => {
          answer = () => reject(new WireError("refused", "no connection", { sent: false }));
        }),
      reply(200),
    ]);
    await clock.advance(30_000);
    const probe = fails(fetch(url));
    await setImmediate();
    const other = fails(fetch(url));
    await clock.advance(1_000);
    answer?.();
    await probe;
    await clock.advance(1_000);
    expect(await other).toMatchObject({ code: "BREAKER_OPEN", outcome: "not-applied" });
    expect(sent).toHaveLength(6);
  });

  test("a probe that fails opens it for as long again", async () => {
    const { fetch, clock, sent } = await opened({}, [down, reply(200)]);
    await clock.advance(30_000);
    expect(await fails(fetch(url))).toMatchObject({ code: "GATEWAY_REFUSED" });
    expect(await fails(fetch(url))).toMatchObject({ code: "BREAKER_OPEN", retryAfterMs: 30_000 });
    expect(sent).toHaveLength(6);
    await clock.advance(30_000);
    expect((await fetch(url)).status).toBe(200);
  });

  test("a probe that is stopped before it shows anything leaves its place to the next call", async () => {
    const { fetch, clock } = await opened({}, [hang(), reply(200)]);
    await clock.advance(30_000);
    const stop = new AbortController();
    const probe = outcomeOf(within({ signal: stop.signal }, () => fetch(url)));
    await setImmediate();
    stop.abort();
    await setImmediate();
    expect(rootFailure(probe.error)?.code).toBe("RUN_INTERRUPTED");
    expect((await fetch(url)).status).toBe(200);
  });
});

test("stays open for as long as the service asks", async () => {
  const asked = reply(503, {}, { "retry-after": "120" });
  // Without the rate limiter, which would make the calls wait.
  const { fetch, clock } = guarded([reply(503), reply(503), reply(503), reply(503), asked], {
    settings: {
      timeouts: { totalMs: 15_000 },
      retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
      concurrency: { reads: 10, writes: 10 },
      breaker: defaultBreaker,
    },
  });
  for (let n = 0; n < 5; n += 1) await fetch(url);
  await clock.advance(119_999);
  expect(await fails(fetch(url))).toMatchObject({ code: "BREAKER_OPEN", retryAfterMs: 1 });
});

describe("what is shared", () => {
  const shared = (memo: Memo, clock?: FakeClock, address = "http://service.test") => ({
    ...{ memo, address },
    ...(clock && { clock }),
  });

  test("a breaker that one gateway opened another one finds open, also in a later process", async () => {
    const memo = memoryMemo();
    const { clock } = await opened(shared(memo));
    const later = guarded([reply(200)], shared(memo, clock));
    expect(await fails(later.fetch(url))).toMatchObject({ code: "BREAKER_OPEN" });
    expect(later.sent).toEqual([]);
    await clock.advance(30_000);
    const [one, two] = [
      guarded([hang()], shared(memo, clock)),
      guarded([reply(200)], shared(memo, clock)),
    ];
    const probe = outcomeOf(one.fetch(url));
    await clock.advance(5_000);
    const waiting = outcomeOf(two.fetch(url));
    await clock.advance(9_900);
    expect([probe, waiting, two.sent]).toEqual([{}, {}, []]);
    await clock.advance(200);
    expect(rootFailure(probe.error)?.code).toBe("GATEWAY_TIMEOUT");
    expect(rootFailure(waiting.error)?.code).toBe("BREAKER_OPEN");
    expect(two.sent).toEqual([]);
    await clock.advance(30_000);
    expect((await two.fetch(url)).status).toBe(200);
  });

  test("a probe that is never heard of again leaves its place to who waits", async () => {
    const memo = memoryMemo();
    const { clock } = await opened(shared(memo));
    await clock.advance(30_000);
    const probing = { ...(memo.get(breakerKey("service")) as object), state: "half-open" };
    memo.update(breakerKey("service"), () => ({ ...probing, until: clock.now() + 10_000 }));
    const { fetch, sent } = guarded([reply(200)], shared(memo, clock));
    const waiting = fetch(url);
    await clock.advance(9_900);
    expect(sent).toEqual([]);
    await clock.advance(200);
    expect((await waiting).status).toBe(200);
  });

  test("failures of several gateways add up", async () => {
    const memo = memoryMemo();
    const first = guarded([down], shared(memo));
    for (let n = 0; n < 3; n += 1) await fails(first.fetch(url));
    const second = guarded([down], shared(memo, first.clock));
    for (let n = 0; n < 4; n += 1) await fails(second.fetch(url));
    expect(second.sent).toHaveLength(2);
  });

  test("a service at another address is not blamed", async () => {
    const memo = memoryMemo();
    const { clock } = await opened(shared(memo));
    const other = guarded([reply(200)], shared(memo, clock, "http://mended.test"));
    expect((await other.fetch(url)).status).toBe(200);
  });

  test("what was set by hand is heeded while calls go on", async () => {
    const memo = memoryMemo();
    const { fetch, clock, sent } = guarded([reply(200)], shared(memo));
    await fetch(url);
    const held = { state: "forced-open", since: 0, why: "maintenance" };
    memo.update(breakerKey("service"), () => held);
    await clock.advance(200);
    expect(await fails(fetch(url))).toMatchObject({
      ...{ code: "BREAKER_OPEN", transient: false },
      message: expect.stringContaining("maintenance"),
    });
    memo.update(breakerKey("service"), () => ({ ...held, state: "forced-closed" }));
    await clock.advance(200);
    await fetch(url);
    expect(sent).toHaveLength(2);
  });
});
