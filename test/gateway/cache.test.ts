import { createHmac } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Credential } from "../../src/core/credential.ts";
import type { RunEventBody } from "../../src/core/events.ts";
import { fail } from "../../src/core/failure.ts";
import type { Cacheable, FetchInit, Reply, Wire } from "../../src/core/http.ts";
import { memoryMemo } from "../../src/core/memory-memo.ts";
import { createRedactor } from "../../src/core/redact.ts";
import type { ResponseCacheSettings } from "../../src/core/sequence.ts";
import type { UserPolicy } from "../../src/core/user-policy.ts";
import { WireError } from "../../src/core/wire-error.ts";
import { Answers, type AnswersDeps } from "../../src/gateway/answers.ts";
import { type CallContext, within } from "../../src/gateway/context.ts";
import type { CredentialSettings } from "../../src/gateway/credentials.ts";
import { Keyring } from "../../src/gateway/keyring.ts";
import { createCache, type OpenCache } from "../../src/platform/cache.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { gatewayOn, wire as plainWire, reply } from "./harness.ts";

const minute = 60_000;
const things: Cacheable = { kind: "things", ttlMs: 30 * minute };
const people: Cacheable = { kind: "people", ttlMs: 30 * minute, lookup: true };

const wire: Wire = {
  ...plainWire,
  cacheable: ({ url }) => {
    if (url.pathname.startsWith("/people")) return people;
    return url.pathname.startsWith("/things") ? things : undefined;
  },
};

/** A service with an ETag for what it has, unless it is told to give none. */
class Service {
  readonly what = new Map<string, string>();
  etags = true;
  fault: WireError | Reply | undefined;
  readonly seen: { url: string; method: string; headers: Record<string, string> }[] = [];

  answer = async (url: string, init: FetchInit): Promise<Reply> => {
    const headers = init.headers as Record<string, string>;
    this.seen.push({ url, method: init.method ?? "GET", headers });
    if (this.fault instanceof WireError) throw this.fault;
    if (this.fault !== undefined) return this.fault;
    if (init.method !== "GET") return reply(200, {});
    const { pathname } = new URL(url);
    const said = this.what.get(pathname);
    if (said === undefined) return reply(404, { message: "no such thing" });
    const etag = `W/"${said.length}-${said}"`;
    const marked = this.etags ? { etag } : {};
    if (this.etags && headers["if-none-match"] === etag) {
      return reply(304, "", { ...marked, "x-scopes": "new" });
    }
    return reply(200, { said }, { ...marked, "set-cookie": "secret=1", "x-scopes": "old" });
  };
}

let clock: FakeClock;
let service: Service;
let store: OpenCache;
let memo: ReturnType<typeof memoryMemo>;
let events: RunEventBody[];
beforeEach(() => {
  clock = new FakeClock(Date.now());
  service = new Service();
  store = createCache({ folder: "/nowhere", url: "memory:", onProblem: () => {} });
  memo = memoryMemo();
  events = [];
});
afterEach(() => store.close());

const redactor = createRedactor(["a-known-secret"]);

/** A process: what it keeps is in the store and the memo alone. */
function process(
  options: Partial<AnswersDeps> = {},
  settings: Partial<ResponseCacheSettings> = {},
  token = "token-1",
  policies: readonly UserPolicy[] = [],
  credentials?: CredentialSettings,
) {
  const answers = new Answers({
    store,
    memo,
    clock,
    digest: (text) => createHmac("sha256", "key").update(text).digest("hex"),
    holdsSecret: (text) => redactor.text(text) !== text,
    retentionMs: 24 * 60 * minute,
    ...options,
  });
  const { fetch } = gatewayOn([], {
    wire,
    clock,
    answers,
    policies,
    credentials,
    transport: (url, init) => service.answer(String(url), init as FetchInit),
    emit: (event) => events.push(event),
    settings: {
      timeouts: { totalMs: 15_000 },
      retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
      concurrency: { reads: 4, writes: 1 },
      cache: settings,
    },
  });
  const call = async (method: string, path: string, context: Partial<CallContext>) => {
    const init = { method, headers: { authorization: token } };
    const work = () => fetch(`http://service.test${path}`, init);
    try {
      const answer = await within({ phase: "read", ...context }, work);
      return answer.status === 200 ? ((await answer.json()) as { said: string }).said : answer;
    } finally {
      await answers.settle();
    }
  };
  return {
    answers,
    read: (path: string, context: Partial<CallContext> = {}) => call("GET", path, context),
    write: (path: string) => call("POST", path, { phase: "apply" }),
  };
}

const states = () =>
  events.flatMap((event) => {
    if (event.type === "call.cached") return [event.state];
    return event.type === "call.finished" ? [event.cache ?? "asked"] : [];
  });

describe("what testx decides by is what is there", () => {
  test("a read is confirmed by the service each time, and a foreign change is seen at once", async () => {
    service.what.set("/things/1", "one");
    expect(await process().read("/things/1")).toBe("one");
    expect(await process().read("/things/1")).toBe("one");
    service.what.set("/things/1", "two");
    expect(await process().read("/things/1")).toBe("two");
    service.what.delete("/things/1");
    expect(await process().read("/things/1")).toMatchObject({ status: 404 });
    // What is gone is not confirmed again, should it come back as it was.
    service.what.set("/things/1", "two");
    expect(await process().read("/things/1")).toBe("two");
    expect(states()).toEqual(["miss", "revalidated", "miss", "miss", "miss"]);
    expect(service.seen.map(({ headers }) => headers["if-none-match"])).toEqual([
      undefined,
      'W/"3-one"',
      'W/"3-one"',
      'W/"3-two"',
      undefined,
    ]);
  });

  test("without ETags it is asked in full each time, however young the answer", async () => {
    service.etags = false;
    service.what.set("/things/1", "one");
    expect(await process().read("/things/1")).toBe("one");
    service.what.set("/things/1", "two");
    expect(await process().read("/things/1")).toBe("two");
    expect(service.seen).toHaveLength(2);
  });

  test.each(["apply", "undo", "health", undefined])("phase %s looks nothing up", async (phase) => {
    service.what.set("/people/1", "one");
    service.what.set("/things/1", "one");
    await process().read("/people/1");
    await process().read("/things/1");
    for (const path of ["/people/1", "/things/1"]) {
      service.what.set(path, "two");
      expect(await process().read(path, { phase })).toBe("two");
    }
    expect(service.seen.filter(({ headers }) => "if-none-match" in headers)).toEqual([]);
    expect(states().slice(2)).toEqual(["asked", "asked"]);
  });

  test("a service that is down is down: nothing old stands in", async () => {
    service.what.set("/things/1", "one");
    await process().read("/things/1");
    service.fault = new WireError("refused", "refused", { sent: false });
    const failed = process().read("/things/1");
    await expect(failed).rejects.toMatchObject({ code: "GATEWAY_REFUSED" });
  });

  test("a 304 for something else than was asked for is believed by nobody", async () => {
    service.what.set("/things/1", "one");
    await process().read("/things/1");
    service.fault = reply(304, "", { etag: '"other"' });
    const failed = process().read("/things/1");
    await expect(failed).rejects.toMatchObject({ code: "GATEWAY_UNREADABLE" });
    service.fault = undefined;
    expect(await process().read("/things/1")).toBe("one");
    expect(states()).toEqual(["miss", "revalidated", "miss"]);
  });

  test("a 304 that nobody asked for is passed on as it came", async () => {
    service.fault = reply(304, "", { etag: '"other"' });
    expect(await process().read("/things/1")).toMatchObject({ status: 304 });
  });
});

describe("lookups", () => {
  test("are answered while they are young, in later processes too", async () => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    await clock.advance(29 * minute);
    expect(await process().read("/people/1")).toBe("one");
    expect(events.at(-1)).toMatchObject({
      ...{ type: "call.cached", integration: "service", operation: "GET /people/1" },
      ...{ state: "fresh", ageMs: 29 * minute },
    });
    await clock.advance(2 * minute);
    expect(await process().read("/people/1")).toBe("one");
    expect(states()).toEqual(["miss", "fresh", "revalidated"]);
    expect(service.seen).toHaveLength(2);
  });

  test("as long as the settings say", async () => {
    service.what.set("/people/1", "one");
    const settings = { ttlMs: { people: minute } };
    await process({}, settings).read("/people/1");
    await clock.advance(minute);
    await process({}, settings).read("/people/1");
    expect(service.seen).toHaveLength(2);
    await process({}, { enabled: false }).read("/people/1");
    expect(service.seen[2]?.headers).not.toHaveProperty("if-none-match");
  });

  test("survive a write that went well, and none that surprised", async () => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    await clock.advance(1);
    await process().write("/things");
    expect(await process().read("/people/1")).toBe("one");
    expect(service.seen.filter(({ method }) => method === "GET")).toHaveLength(1);
    for (const fault of [reply(422, {}), new WireError("reset", "reset", { sent: true })]) {
      service.fault = fault;
      await process()
        .write("/things")
        .catch(() => {});
      service.fault = undefined;
      const before = service.seen.length;
      await process().read("/people/1");
      expect(service.seen.length).toBe(before + 1);
      await clock.advance(1);
    }
  });

  test("an absent one is asked again at once", async () => {
    await process().read("/people/1");
    service.what.set("/people/1", "one");
    expect(await process().read("/people/1")).toBe("one");
  });

  test("are asked anew to renew what is kept", async () => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    service.what.set("/people/1", "two");
    expect(await process().read("/people/1", { renew: true })).toBe("two");
    expect(await process().read("/people/1")).toBe("two");
    expect(service.seen).toHaveLength(2);
  });
});

describe("an old lookup", () => {
  test("a young answer is enough; a little later it is while a new one is fetched", async () => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    service.what.set("/people/1", "two");
    expect(await process().read("/people/1")).toBe("one");
    await clock.advance(30 * minute);
    const next = process();
    expect(await next.read("/people/1")).toBe("one");
    expect(events.filter(({ type }) => type === "call.cached")).toMatchObject([
      { state: "fresh", ageMs: 0 },
      { state: "stale", ageMs: 30 * minute },
    ]);
    await setImmediate();
    await next.answers.settle();
    expect(service.seen).toHaveLength(2);
    expect(await process().read("/people/1")).toBe("two");
    expect(service.seen).toHaveLength(2);
  });

  test.each([
    ["refused", () => new WireError("refused", "refused", { sent: false })],
    ["reset", () => new WireError("reset", "reset", { sent: true })],
    ["HTTP 503", () => reply(503, { message: "down" })],
    ["HTTP 502 with a page", () => reply(502, "<html>")],
    ["rate limited", () => reply(429, {}, { "retry-after": "1000" })],
  ])("an old one stands in when no new one can be had: %s", async (_, fault) => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    await clock.advance(23 * 60 * minute);
    service.fault = fault();
    expect(await process().read("/people/1")).toBe("one");
    expect(events.at(-1)).toMatchObject({
      type: "call.cached",
      state: "stale",
      ageMs: 23 * 60 * minute,
    });
    // Asked, and not only looked up.
    expect(service.seen).toHaveLength(2);
    await clock.advance(60 * minute);
    const later = await process()
      .read("/people/1")
      .catch((error) => error);
    expect(later).not.toBe("one");
  });

  test("a service that says no is believed", async () => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    await clock.advance(2 * 60 * minute);
    service.what.delete("/people/1");
    expect(await process().read("/people/1")).toMatchObject({ status: 404 });
    service.fault = reply(403, { message: "revoked" });
    expect(await process().read("/people/1")).toMatchObject({ status: 403 });
  });

  test("does not stand in once an own write has surprised", async () => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    await clock.advance(1);
    service.fault = new WireError("reset", "reset", { sent: true });
    await process()
      .write("/people/1")
      .catch(() => {});
    service.fault = new WireError("refused", "refused", { sent: false });
    const failed = process().read("/people/1");
    await expect(failed).rejects.toMatchObject({ code: "GATEWAY_REFUSED" });
  });

  test("a write that was never sent outdates nothing", async () => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    await clock.advance(1);
    const refused = process({}, {}, "token-1", [
      {
        ...{ name: "nothing-today", stage: "attempt", operations: ["POST *"] },
        policy: () => () => fail("POLICY_FAILED", "not today"),
      },
    ]).write("/people/1");
    await expect(refused).rejects.toMatchObject({ code: "POLICY_FAILED" });
    service.fault = new WireError("refused", "refused", { sent: false });
    expect(await process().read("/people/1")).toBe("one");
  });

  test("an answer that was under way while testx wrote does not count", async () => {
    service.what.set("/things/1", "one");
    const open: (() => void)[] = [];
    const { answer } = service;
    service.answer = async (url, init) => {
      const said = await answer(url, init);
      if (init.method === "GET") await new Promise<void>((resolve) => open.push(resolve));
      return said;
    };
    const reading = process().read("/things/1");
    await expect.poll(() => open.length).toBe(1);
    await clock.advance(1);
    await process().write("/things/1");
    await clock.advance(1);
    open[0]?.();
    expect(await reading).toBe("one");
    service.answer = answer;
    service.what.set("/things/1", "two");
    expect(await process().read("/things/1")).toBe("two");
  });
});

describe("what is kept", () => {
  test("belongs to the token, the address, the method and the body", async () => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    await process({}, {}, "token-2").read("/people/1");
    await process().read("/people/1?page=2");
    expect(service.seen).toHaveLength(3);
    expect(service.seen.filter(({ headers }) => "if-none-match" in headers)).toEqual([]);
  });

  test("belongs to the credential that it was sent with, whatever the SDK was given", async () => {
    service.what.set("/people/1", "one");
    const held = (value: string, there = true): Credential => ({
      ...{ name: `the file ${value}`, renewal: "none" },
      read: () => (there ? value : fail("CREDENTIAL_FILE_MISSING", "gone")),
    });
    const by = (...all: Credential[]) => {
      const keyring = new Keyring(all);
      const headers = (value: string) => ({ authorization: value });
      return process({}, {}, "in-place-of-one", [], { keyring, headers });
    };
    await by(held("first")).read("/people/1");
    await by(held("second")).read("/people/1");
    expect(service.seen.map(({ headers }) => headers.authorization)).toEqual(["first", "second"]);
    expect(await by(held("first")).read("/people/1")).toBe("one");
    expect(service.seen).toHaveLength(2);
    // Nobody can tell whose it would be: it is asked, and kept for nobody.
    service.what.set("/people/1", "two");
    expect(await by(held("third", false), held("second")).read("/people/1")).toBe("two");
    service.what.set("/people/1", "three");
    expect(await by(held("second")).read("/people/1")).toBe("one");
    expect(service.seen).toHaveLength(3);
  });

  test("holds no credential, no cookie and no known secret", async () => {
    service.what.set("/people/1", "one");
    service.what.set("/people/2", "there is a-known-secret in it");
    await process().read("/people/1");
    expect(await process().read("/people/2")).toBe("there is a-known-secret in it");
    const kept = await store.entries("");
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept)).not.toMatch(/token-1|cookie|secret/);
    expect(kept[0]?.[1]).toMatchObject({
      ...{ integration: "service", operation: "GET /people/1", kind: "people" },
      ...{ path: "/people/1", askedAt: clock.now() },
    });
  });

  test("nothing is, with a retention of nothing", async () => {
    service.what.set("/people/1", "one");
    const none = { retentionMs: 0 };
    await process(none).read("/people/1");
    await process(none).read("/people/1");
    expect(service.seen).toHaveLength(2);
    expect(await store.entries("")).toEqual([]);
  });

  test("nor what the service or the provider forbids", async () => {
    const replies = [
      reply(200, { said: "x" }, { "cache-control": "private, no-store" }),
      reply(200, { said: "x" }, { vary: "*" }),
      reply(201, { said: "x" }),
      reply(200, { said: "x".repeat(1_100_000) }),
    ];
    for (const fault of replies) {
      service.fault = fault;
      await process().read("/people/1");
    }
    expect(await store.entries("")).toEqual([]);
  });

  test("headers are as the newest reply has them", async () => {
    service.what.set("/things/1", "one");
    await process().read("/things/1");
    await process().read("/things/1");
    const [[, kept] = []] = await store.entries("");
    expect(kept).toMatchObject({ headers: { "x-scopes": "new" } });
  });

  test("what is no answer is none", async () => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    const [[key = ""] = []] = await store.entries("answer:");
    for (const rubbish of [1, null, "text", [], { format: 2 }, { format: 1, headers: { a: 1 } }]) {
      await store.set(key, rubbish, 1e6);
      expect(await process().read("/people/1")).toBe("one");
    }
    expect(service.seen).toHaveLength(7);
  });

  test("nothing counts once it is not known any more when testx wrote last", async () => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    memo = memoryMemo();
    await process().read("/people/1");
    expect(service.seen).toHaveLength(2);
  });

  test("a store that fails makes misses, and fails nothing", async () => {
    service.what.set("/people/1", "one");
    await process().read("/people/1");
    await store.close();
    expect(await process().read("/people/1")).toBe("one");
    await process().write("/things");
    expect(service.seen).toHaveLength(3);
  });

  test("is counted beyond the process", async () => {
    service.what.set("/people/1", "one");
    service.what.set("/things/1", "one");
    for (let n = 0; n < 3; n += 1) {
      await process().read("/people/1");
      await process().read("/things/1");
    }
    service.fault = new WireError("refused", "refused", { sent: false });
    await clock.advance(2 * 60 * minute);
    await process().read("/people/1");
    expect(memo.get("cache.counts:service")).toEqual({
      ...{ hits: 2, misses: 2, revalidated: 2, stale: 1 },
    });
  });
});

test("what is not cacheable is neither looked up nor kept", async () => {
  service.what.set("/other", "one");
  const { read } = process();
  expect(await read("/other")).toBe("one");
  expect(await read("/other")).toBe("one");
  expect(service.seen).toHaveLength(2);
  expect(states()).toEqual(["asked", "asked"]);
  expect(await store.entries("")).toEqual([]);
});

test("of services that were written to long ago, at addresses that are gone, nothing is left", async () => {
  const one = process();
  service.what.set("/things/1", "one");
  await one.write("/things");
  const [old] = memo.all("cache.written:").keys();
  await clock.advance(12 * 60 * minute);
  one.answers.wrote("http://127.0.0.1:4001", false);
  await clock.advance(13 * 60 * minute);
  one.answers.wrote("http://127.0.0.1:4002", true);
  const origins = () => [...memo.all("cache.written:").keys()].map((key) => key.split(":4")[1]);
  expect(origins()).toEqual(["001", "002"]);
  expect(memo.get(old!)).toBeUndefined();
  // What is kept by then does not count without it, and the next answer begins a new record.
  await one.read("/things/1");
  expect(memo.get(old!)).toBeDefined();
});
