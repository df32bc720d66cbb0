import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { rootFailure } from "../../src/core/failure.ts";
import type { Reply } from "../../src/core/http.ts";
import { WireError } from "../../src/core/wire-error.ts";
import { current, within } from "../../src/gateway/context.ts";
import { Keyring } from "../../src/gateway/keyring.ts";
import { gatewayOn, hang, outcomeOf, reply, wire } from "./harness.ts";

const url = "http://service.test/things";
const bug = (): never => {
  throw new TypeError("a bug");
};

describe("deadline", () => {
  test("is over the whole call, and unknown as soon as a byte may have left", async () => {
    for (const [sentBytes, outcome] of [
      [true, "unknown"],
      [false, "not-applied"],
    ] as const) {
      const { fetch, clock, sent } = gatewayOn([hang(sentBytes)]);
      const done = outcomeOf(fetch(url, { method: "POST" }));
      await clock.advance(14_999);
      expect(done).toEqual({});
      await clock.advance(1);
      expect(rootFailure(done.error)).toMatchObject({
        code: "GATEWAY_TIMEOUT",
        outcome,
        transient: true,
      });
      expect(sent).toHaveLength(1);
    }
  });

  test("counts from each call's own start, with one timer for all", async () => {
    const { fetch, clock } = gatewayOn([hang()]);
    const first = outcomeOf(fetch(url));
    await clock.advance(5_000);
    const second = outcomeOf(fetch(url));
    await setImmediate();
    expect(clock.sleeping).toBe(1);
    await clock.advance(10_000);
    expect(rootFailure(first.error)).toMatchObject({ code: "GATEWAY_TIMEOUT" });
    expect(second).toEqual({});
    await clock.advance(5_000);
    expect(rootFailure(second.error)).toMatchObject({ code: "GATEWAY_TIMEOUT" });
    await setImmediate();
    expect(clock.sleeping).toBe(0);
  });

  test("leaves no timer behind when nothing is under way", async () => {
    const { fetch, clock } = gatewayOn([reply(200)]);
    for (let n = 0; n < 50; n += 1) await fetch(url);
    await setImmediate();
    await setImmediate();
    expect(clock.sleeping).toBe(0);
  });

  test("does not run while a call waits for its turn", async () => {
    const { fetch, clock, sent } = gatewayOn([
      () => clock.sleep(14_000).then(() => reply(200)),
    ] as never);
    const all = [1, 2, 3].map(() => outcomeOf(fetch(url, { method: "POST" })));
    await clock.advance(42_000);
    expect(all.map(({ value }) => (value as Reply).status)).toEqual([200, 200, 200]);
    expect(sent.map(({ at }) => at)).toEqual([0, 14_000, 28_000]);
  });
});

test("the time to connect goes to the transport with each call", async () => {
  const settings = {
    timeouts: { connectMs: 123, totalMs: 15_000 },
    retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    concurrency: { reads: 1, writes: 1 },
  };
  let seen: number | undefined;
  const { fetch } = gatewayOn(
    [
      async (init) => {
        seen = init.connectMs;
        return reply(200);
      },
    ],
    { settings },
  );
  await fetch(url);
  expect(seen).toBe(123);
});

describe("bulkhead", () => {
  test("lets in as many as it may, the others in order of arrival", async () => {
    const open: (() => void)[] = [];
    const { fetch, sent } = gatewayOn([
      () => new Promise<Reply>((resolve) => open.push(() => resolve(reply(200)))),
    ]);
    const calls = Array.from({ length: 10 }, (_, n) => fetch(`${url}/${n}`));
    const writes = Array.from({ length: 3 }, (_, n) => fetch(`${url}/w${n}`, { method: "POST" }));
    await setImmediate();
    expect(sent).toHaveLength(5);
    while (open.length > 0) {
      open.shift()?.();
      await setImmediate();
    }
    await Promise.all([...calls, ...writes]);
    const order = sent.map((one) => one.url.slice(url.length + 1));
    expect(order.filter((name) => !name.startsWith("w"))).toEqual([..."0123456789"]);
    expect(order.filter((name) => name.startsWith("w"))).toEqual(["w0", "w1", "w2"]);
  });

  test("a failure gives its place back", async () => {
    const { fetch, sent } = gatewayOn([reply(500)]);
    for (let n = 0; n < 5; n += 1) await fetch(url, { method: "POST" });
    expect(sent).toHaveLength(5);
  });

  test.each([
    ["in what judges a reply", { judge: bug }, {}],
    ["in what counts a call", {}, { limits: [{ id: "n", requests: 9, perMs: 9, cost: bug }] }],
  ])("so does a bug: %s", async (_, faulty, more) => {
    const { fetch } = gatewayOn([reply(200)], {
      wire: { ...wire, ...faulty },
      settings: {
        timeouts: { totalMs: 15_000 },
        retry: { maxAttempts: 3, baseDelayMs: 1_000, maxDelayMs: 10_000 },
        concurrency: { reads: 1, writes: 1 },
        ...more,
      },
    });
    for (let n = 0; n < 3; n += 1) {
      await expect(fetch(url, { method: "POST" })).rejects.toThrow("a bug");
    }
  });

  test("who leaves the queue sends nothing, and the next one moves up", async () => {
    const open: (() => void)[] = [];
    const { fetch, sent } = gatewayOn([
      () => new Promise<Reply>((resolve) => open.push(() => resolve(reply(200)))),
    ]);
    const leaving = new AbortController();
    const first = fetch(`${url}/1`, { method: "POST" });
    const second = outcomeOf(fetch(`${url}/2`, { method: "POST", signal: leaving.signal }));
    const third = fetch(`${url}/3`, { method: "POST" });
    await setImmediate();
    leaving.abort();
    await setImmediate();
    expect(rootFailure(second.error)).toMatchObject({
      code: "RUN_INTERRUPTED",
      outcome: "not-applied",
    });
    open.shift()?.();
    await first;
    await setImmediate();
    open.shift()?.();
    await third;
    expect(sent.map((one) => one.url.at(-1))).toEqual(["1", "3"]);
  });
});

describe("a queue that is full", () => {
  const crowded = (queue: number) => {
    const open: (() => void)[] = [];
    const gateway = gatewayOn(
      [() => new Promise<Reply>((resolve) => open.push(() => resolve(reply(200))))],
      {
        settings: {
          timeouts: { totalMs: 15_000 },
          retry: { maxAttempts: 3, baseDelayMs: 1, maxDelayMs: 1 },
          concurrency: { reads: 2, writes: 1, queue },
        },
      },
    );
    return { ...gateway, open };
  };

  test("refuses one more at once, as not applied; reads and writes have a queue each", async () => {
    const { fetch, sent, events } = crowded(2);
    for (let n = 0; n < 4; n += 1) outcomeOf(fetch(`${url}/${n}`));
    for (let n = 0; n < 3; n += 1) outcomeOf(fetch(`${url}/${n}`, { method: "POST" }));
    const read = outcomeOf(fetch(url));
    const write = outcomeOf(fetch(url, { method: "POST" }));
    await setImmediate();
    for (const [{ error }, busy] of [
      [read, "2 reads are under way and 2 wait"],
      [write, "1 write is under way and 2 wait"],
    ] as const) {
      const failure = rootFailure(error);
      expect(failure).toMatchObject({
        code: "GATEWAY_QUEUE_FULL",
        outcome: "not-applied",
        transient: true,
      });
      expect(failure?.message).toContain(busy);
    }
    expect(sent).toHaveLength(3);
    expect(events.map(({ type }) => type)).toEqual(["call.refused", "call.refused"]);
  });

  test("has room again when one has moved up, or has left", async () => {
    const { fetch, open, sent } = crowded(1);
    const leaving = new AbortController();
    const post = (path: string, signal?: AbortSignal) =>
      outcomeOf(fetch(`${url}/${path}`, { method: "POST", ...(signal && { signal }) }));
    post("1");
    post("2", leaving.signal);
    const third = post("3");
    await setImmediate();
    expect(rootFailure(third.error)).toMatchObject({ code: "GATEWAY_QUEUE_FULL" });
    leaving.abort();
    const fourth = post("4");
    await setImmediate();
    open.shift()?.();
    await setImmediate();
    open.shift()?.();
    await setImmediate();
    expect(fourth.value).toMatchObject({ status: 200 });
    expect(sent.map((one) => one.url.at(-1))).toEqual(["1", "4"]);
  });

  test("of no length lets nobody wait", async () => {
    const { fetch } = crowded(0);
    const first = outcomeOf(fetch(url, { method: "POST" }));
    await expect(fetch(url, { method: "POST" })).rejects.toMatchObject({
      code: "GATEWAY_QUEUE_FULL",
    });
    expect(first).toEqual({});
  });
});

describe("interruption by the run's signal", () => {
  test("before: nothing is sent", async () => {
    const { fetch, sent, events } = gatewayOn([reply(200)]);
    const call = within({ signal: AbortSignal.abort() }, () => fetch(url));
    await expect(call).rejects.toMatchObject({
      failure: { code: "RUN_INTERRUPTED", outcome: "not-applied", transient: false },
    });
    expect(sent).toEqual([]);
    expect(events).toEqual([]);
  });

  test.each([
    [true, "unknown"],
    [false, "not-applied"],
  ])("under way (bytes sent: %s): %s, and not sent again", async (sentBytes, outcome) => {
    const stop = new AbortController();
    const { fetch, sent } = gatewayOn([hang(sentBytes)]);
    const done = outcomeOf(within({ signal: stop.signal }, () => fetch(url)));
    await setImmediate();
    stop.abort();
    await setImmediate();
    expect(rootFailure(done.error)).toMatchObject({ code: "RUN_INTERRUPTED", outcome });
    expect(sent).toHaveLength(1);
  });

  test("in the wait between attempts: at once, with what the attempts have shown", async () => {
    const lost = new WireError("reset", "cut", { sent: true });
    for (const [answer, outcome] of [
      [reply(429), "not-applied"],
      [lost, "unknown"],
    ] as const) {
      const stop = new AbortController();
      const { fetch, sent, clock } = gatewayOn([answer]);
      const done = outcomeOf(within({ signal: stop.signal }, () => fetch(url, { method: "PUT" })));
      await setImmediate();
      stop.abort();
      await setImmediate();
      expect(rootFailure(done.error)).toMatchObject({ code: "RUN_INTERRUPTED", outcome });
      expect(sent).toHaveLength(1);
      await setImmediate();
      expect(clock.sleeping).toBe(0);
    }
  });

  test("a call does not feel the signal of another, nor one that comes after it", async () => {
    const stop = new AbortController();
    const { fetch } = gatewayOn([reply(200)]);
    const mine = within({ signal: stop.signal }, () => fetch(url));
    await mine;
    stop.abort();
    expect((await fetch(url)).status).toBe(200);
    expect((await mine).status).toBe(200);
  });
});

describe("what is told", () => {
  test("every attempt has an id of its own, on the wire and in its event, with who asked", async () => {
    const { fetch, clock, sent, events } = gatewayOn([reply(503), reply(429), reply(200)]);
    const done = outcomeOf(
      within({ step: "slack.channel", run: "r1", phase: "apply" }, () =>
        fetch(url, { method: "PUT", headers: { authorization: "Bearer canary" }, body: "canary" }),
      ),
    );
    await clock.advance(15_000);
    expect(done.value).toMatchObject({ status: 200 });
    const ids = sent.map(({ init }) => (init.headers as Record<string, string>)["x-request-id"]);
    expect(new Set(ids).size).toBe(3);
    const finished = events.filter((event) => event.type === "call.finished");
    expect(finished).toEqual([
      { ...common(1), requestId: ids[0], status: 503, outcome: "unknown", reason: "HTTP 503" },
      {
        ...common(2),
        requestId: ids[1],
        status: 429,
        outcome: "not-applied",
        reason: "GATEWAY_RATE_LIMITED",
      },
      { ...common(3), requestId: ids[2], status: 200, outcome: "applied" },
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      "call.finished",
      "call.retrying",
      "call.finished",
      "call.retrying",
      "call.finished",
    ]);
    expect(JSON.stringify(events)).not.toContain("canary");
  });

  const common = (attempt: number) => ({
    type: "call.finished",
    integration: "service",
    step: "slack.channel",
    operation: "PUT /things",
    write: true,
    attempt,
    durationMs: 0,
  });

  test("what is waited for before it is sent is no part of how long an attempt takes", async () => {
    let tell: (token: string) => void = () => {};
    const token = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const keyring = new Keyring([{ name: "vault", renewal: "none", read: () => token }]);
    const { fetch, clock, events } = gatewayOn([reply(200)], {
      credentials: { keyring, headers: (authorization) => ({ authorization }) },
    });
    const done = fetch(url);
    await clock.advance(6_000);
    tell("xoxb-1");
    await done;
    expect(events).toMatchObject([{ type: "call.finished", durationMs: 0 }]);
  });

  test("the context reaches through awaits and is apart for each branch", async () => {
    const seen = await Promise.all(
      ["a", "b"].map((step) =>
        within({ step }, async () => {
          await setImmediate();
          return current()?.step;
        }),
      ),
    );
    expect(seen).toEqual(["a", "b"]);
    expect(current()).toBeUndefined();
  });
});

test("the SDK's own headers are passed on, whatever form they have, and never changed", async () => {
  const { fetch, sent } = gatewayOn([reply(200)]);
  const record = { Authorization: "a" };
  await fetch(url, { headers: record });
  await fetch(url, { headers: new Map([["authorization", "b"]]) });
  await fetch(url, { headers: new Headers({ authorization: "c" }) as never });
  expect(record).toEqual({ Authorization: "a" });
  expect(sent.map(({ init }) => init.headers)).toEqual([
    { Authorization: "a", "x-request-id": expect.any(String) },
    { authorization: "b", "x-request-id": expect.any(String) },
    { authorization: "c", "x-request-id": expect.any(String) },
  ]);
});
