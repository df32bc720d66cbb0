import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { failure, rootFailure, TestxError } from "../../src/core/failure.ts";
import type { Reply } from "../../src/core/http.ts";
import type { PolicyHandler, PolicyNext, UserPolicy } from "../../src/core/user-policy.ts";
import { WireError } from "../../src/core/wire-error.ts";
import { within } from "../../src/gateway/context.ts";
import { type Answer, gatewayOn, hang, outcomeOf, reply } from "./harness.ts";

const url = "http://service.test/things";
const reset = new WireError("reset", "cut", { sent: true });

const policy = (
  make: (next: PolicyNext) => PolicyHandler,
  parts: Partial<UserPolicy> = {},
): UserPolicy => ({ name: "mine", stage: "call", ...parts, policy: make });
const stages = ["call", "attempt"] as const;

/** The end of one call behind one policy. */
async function endOf(
  answers: readonly Answer[],
  own: UserPolicy,
  init: { method?: string; headers?: Record<string, string> } = {},
) {
  const gateway = gatewayOn(answers, { policies: [own] });
  const done = outcomeOf(gateway.fetch(url, init));
  await gateway.clock.advance(15_000);
  return { ...gateway, done, failure: rootFailure(done.error) };
}

test("stage call is asked once for a call, stage attempt for every request; each knows of what", async () => {
  const seen: unknown[] = [];
  const note = (stage: UserPolicy["stage"]): UserPolicy =>
    policy(
      (next) => (to, init, info) => {
        seen.push({ stage, to, method: init.method, ...info });
        return next(to, init);
      },
      { name: stage, stage },
    );
  const { fetch, clock } = gatewayOn([reply(503), reply(503), reply(200)], {
    policies: stages.map(note),
  });
  const done = outcomeOf(within({ step: "slack.channel" }, () => fetch(url, { method: "PUT" })));
  await clock.advance(15_000);
  expect(done.value).toMatchObject({ status: 200 });
  const call = {
    ...{ to: url, method: "PUT", integration: "service", operation: "PUT /things", write: true },
    step: "slack.channel",
  };
  expect(seen).toEqual([
    { stage: "call", ...call, attempt: 1 },
    { stage: "attempt", ...call, attempt: 1 },
    { stage: "attempt", ...call, attempt: 2 },
    { stage: "attempt", ...call, attempt: 3 },
  ]);
});

test("the lowest order is the outermost; what is equal stays as it is listed", async () => {
  const seen: string[] = [];
  const note = (name: string, order?: number): UserPolicy =>
    policy(
      (next) => async (to, init) => {
        seen.push(`>${name}`);
        const answer = await next(to, init);
        seen.push(`<${name}`);
        return answer;
      },
      { name, ...(order !== undefined && { order }) },
    );
  const { fetch } = gatewayOn([reply(200)], {
    policies: [note("b"), note("z", 9), note("c"), note("a", -1)],
  });
  await fetch(url);
  expect(seen.join("")).toBe(">a>b>c>z<z<c<b<a");
});

test("concerns only the integrations and operations it names, and keeps state between its calls", async () => {
  let made = 0;
  const seen: string[] = [];
  const counting = (parts: Partial<UserPolicy>) =>
    policy((next) => {
      made += 1;
      let count = 0;
      return (to, init, { operation }) => {
        count += 1;
        seen.push(`${parts.name} ${operation} ${count}`);
        return next(to, init);
      };
    }, parts);
  const { fetch } = gatewayOn([reply(200)], {
    policies: [
      counting({ name: "others", integrations: ["slack"] }),
      counting({ name: "here", integrations: ["slack", "service"] }),
      counting({ name: "some", operations: ["POST *", "GET /th*"] }),
    ],
  });
  await fetch(url);
  await fetch(`${url}/1`, { method: "DELETE" });
  expect(made).toBe(2);
  expect(seen).toEqual(["here GET /things 1", "some GET /things 1", "here DELETE /things/1 2"]);
});

describe("headers", () => {
  test.each(stages)("that it gives are sent, in stage %s; the others stay", async (stage) => {
    const own = policy(
      (next) => (to, init) =>
        next(to, { ...init, headers: { ...init.headers, "X-Trace": "t1", Accept: "text/plain" } }),
      { stage },
    );
    const headers = { authorization: "Bearer x", accept: "application/json", "x-other": "1" };
    const { fetch, sent } = gatewayOn([reply(200)], { policies: [own] });
    await fetch(url, { headers });
    const { "x-request-id": id, ...rest } = (sent[0]?.init.headers ?? {}) as Record<string, string>;
    expect(rest).toEqual({
      ...{ authorization: "Bearer x", accept: "text/plain" },
      ...{ "x-other": "1", "x-trace": "t1" },
    });
    expect(id).toMatch(/^service-/);
  });

  test("may come as Headers, and an init may be left out", async () => {
    const own = policy((next) => (to, init) => {
      const headers = new Headers(init.headers);
      headers.set("x-trace", "t2");
      return next(to, { headers: [...headers] });
    });
    const bare = policy((next) => (to) => next(to, {}), { name: "bare", order: 1 });
    const { fetch, sent } = gatewayOn([reply(200)], { policies: [own, bare] });
    await fetch(url, { headers: { authorization: "Bearer x" } });
    expect(sent[0]?.init.headers).toMatchObject({ authorization: "Bearer x", "x-trace": "t2" });
  });

  test("that frame the request are not its business", async () => {
    const own = policy(
      (next) => (to, init) => next(to, { ...init, headers: { "Content-Length": "1" } }),
    );
    const { failure, sent } = await endOf([reply(200)], own, { method: "POST" });
    expect(failure).toMatchObject({ code: "POLICY_FAILED", outcome: "not-applied" });
    expect(failure?.message).toContain("it changed the header content-length");
    expect(sent).toEqual([]);
  });
});

describe("what must not be", () => {
  test.each([
    ["another address", (next: PolicyNext) => (_, init) => next("http://evil.test/", init), 0],
    ["another method", (next: PolicyNext) => (to, i) => next(to, { ...i, method: "PATCH" }), 0],
    ["another body", (next: PolicyNext) => (to, init) => next(to, { ...init, body: "x" }), 0],
    [
      "sending twice",
      (next: PolicyNext) => async (to, init) => {
        await next(to, init);
        return next(to, init);
      },
      1,
    ],
    ["answering a write", () => async () => reply(201), 0],
    ["no reply", (next: PolicyNext) => async (to, i) => void (await next(to, i)) as never, 1],
    [
      "ending before the request",
      (next: PolicyNext) => async (to, init) => {
        next(to, init).catch(() => undefined);
        return reply(200);
      },
      1,
    ],
  ] satisfies [string, (next: PolicyNext) => PolicyHandler, number][])(
    "%s",
    async (what, make, requests) => {
      for (const stage of stages) {
        const { failure, sent } = await endOf(
          [what.startsWith("ending") ? hang() : reply(200)],
          policy(make, { stage }),
          {
            method: "POST",
          },
        );
        expect(failure).toMatchObject({
          code: "POLICY_FAILED",
          outcome: requests === 0 ? "not-applied" : "unknown",
          transient: false,
          integration: "service",
        });
        expect(failure?.message).toContain('the policy "mine" failed');
        expect(sent).toHaveLength(requests);
      }
    },
  );
});

describe("a policy that throws", () => {
  const cases: readonly [string, Answer | undefined, string, string][] = [
    ["before it sends", undefined, "GET", "not-applied"],
    ["after a success", reply(201), "POST", "unknown"],
    ["after a refusal", reply(422), "POST", "not-applied"],
    ["after a server error", reply(500), "POST", "unknown"],
    ["after a cut", reset, "POST", "unknown"],
    ["after no connection", new WireError("refused", "no", { sent: false }), "POST", "not-applied"],
  ];
  test.each(cases)("%s", async (_when, answer, method, outcome) => {
    for (const stage of stages) {
      const own = policy(
        (next) => async (to, init) => {
          if (answer !== undefined) await next(to, init).catch(() => undefined);
          throw new RangeError("my own mistake");
        },
        { stage },
      );
      const { failure, sent, events } = await endOf([answer ?? reply(200)], own, { method });
      expect(failure).toMatchObject({ code: "POLICY_FAILED", outcome, transient: false });
      expect(failure?.message).toContain('the policy "mine" failed: it threw RangeError: my own');
      expect(events.filter(({ type }) => type === "call.refused")).toHaveLength(
        answer === undefined ? 1 : 0,
      );
      if (answer === undefined) expect(sent).toEqual([]);
    }
  });

  test("when it is made", () => {
    for (const [make, what] of [
      [
        () => {
          throw new Error("no");
        },
        "it threw Error: no",
      ],
      [() => undefined, "gave no function"],
    ] as const) {
      const own = policy(make as never);
      expect(() => gatewayOn([reply(200)], { policies: [own] })).toThrow(what);
    }
  });

  test("a failure of its own choice counts as it says, but cannot deny what may have happened", async () => {
    const closed = failure("OUR_HOURS", "closed on Sundays", { transient: true });
    // Another copy of testx, such as the one that a configuration imports.
    class Copy extends Error {
      override readonly name = "TestxError";
      readonly failure = closed;
    }
    for (const error of [new TestxError(closed), new Copy("closed")]) {
      const before = await endOf(
        [reply(200)],
        policy(() => async () => Promise.reject(error)),
        {
          method: "POST",
        },
      );
      expect(before.failure).toEqual(closed);
      const after = policy((next) => async (to, init) => {
        await next(to, init);
        throw error;
      });
      const { failure } = await endOf([reply(200)], after, { method: "POST" });
      expect(failure).toEqual({ ...closed, outcome: "unknown" });
    }
  });
});

test("what comes from below goes on as it came, and is retried as ever", async () => {
  for (const stage of stages) {
    const own = policy((next) => async (to, init) => next(to, init), { stage });
    const { done, sent } = await endOf([reset, reply(503), reply(200)], own);
    expect(done.value).toMatchObject({ status: 200 });
    expect(sent).toHaveLength(3);
    const lost = await endOf([reset], own, { method: "POST" });
    expect(lost.failure).toMatchObject({ code: "GATEWAY_RESET", outcome: "unknown" });
    expect(lost.sent).toHaveLength(1);
  }
});

test("may answer a read itself, with a reply of the platform's own", async () => {
  for (const stage of stages) {
    const own = policy(() => async () => new Response('{"ok":true}', { status: 200 }), { stage });
    const { done, sent } = await endOf([reply(500)], own);
    expect(await (done.value as Reply).json()).toEqual({ ok: true });
    expect(sent).toEqual([]);
  }
});

describe("time", () => {
  test("a policy that never ends does not keep the call", async () => {
    const stuck = () => () => new Promise<Reply>(() => undefined);
    const { failure } = await endOf([reply(200)], policy(stuck, { stage: "attempt" }));
    expect(failure).toMatchObject({ code: "GATEWAY_TIMEOUT", outcome: "not-applied" });

    const stop = new AbortController();
    const { fetch } = gatewayOn([reply(200)], { policies: [policy(stuck)] });
    const done = outcomeOf(within({ signal: stop.signal }, () => fetch(url)));
    await setImmediate();
    stop.abort();
    await setImmediate();
    await setImmediate();
    expect(rootFailure(done.error)).toMatchObject({
      code: "RUN_INTERRUPTED",
      outcome: "not-applied",
    });

    const after = policy((next) => async (to, init) => {
      await next(to, init);
      return new Promise<Reply>(() => undefined);
    });
    const behind = new AbortController();
    const world = gatewayOn([reply(200)], { policies: [after] });
    const left = outcomeOf(within({ signal: behind.signal }, () => world.fetch(url)));
    await world.clock.advance(10);
    behind.abort();
    await setImmediate();
    await setImmediate();
    expect(rootFailure(left.error)).toMatchObject({ code: "RUN_INTERRUPTED" });

    const late = await endOf([reply(200)], { ...after, stage: "attempt" }, { method: "POST" });
    expect(late.failure).toMatchObject({ code: "GATEWAY_TIMEOUT", outcome: "unknown" });
  });

  test("a signal of its own ends the call sooner", async () => {
    for (const stage of stages) {
      const { fetch, clock } = gatewayOn([hang()], {
        policies: [
          policy(
            (next) => (to, init) => {
              const hasty = new AbortController();
              void clock.sleep(1_000).then(() => hasty.abort());
              return next(to, { ...init, signal: hasty.signal });
            },
            { stage },
          ),
        ],
      });
      const done = outcomeOf(fetch(url, { method: "POST" }));
      await clock.advance(999);
      expect(done).toEqual({});
      await clock.advance(1);
      await setImmediate();
      expect(rootFailure(done.error)).toMatchObject({
        code: "GATEWAY_TIMEOUT",
        outcome: "unknown",
      });
    }
  });
});
