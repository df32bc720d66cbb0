import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rootFailure } from "../../../src/core/failure.ts";
import type { Fetch } from "../../../src/core/http.ts";
import { type CheckState, check } from "../../../src/providers/http/check.ts";
import { http } from "../../../src/providers/http/provider.ts";
import { anykrowd } from "../../../src/sandbox/anykrowd/service.ts";
import type { RunningSandbox } from "../../../src/sandbox/server.ts";
import { connect, makeCall, sandboxOf } from "../../support/sandbox.ts";

let sandbox: RunningSandbox;
let client: Fetch;
let url: string;
beforeAll(async () => {
  sandbox = await sandboxOf([anykrowd]);
  client = await connect(http, sandbox);
  url = sandbox.environment.ANYKROWD_HEALTH_CHECK_URL ?? "";
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

async function look(wanted: Record<string, unknown>): Promise<CheckState | undefined> {
  const parsed = await check.input["~standard"].validate({ url, ...wanted });
  if (parsed.issues) throw new Error(JSON.stringify(parsed.issues));
  return check.read(client, parsed.value, makeCall());
}

async function failureOf(wanted: Record<string, unknown>) {
  const error = await look(wanted).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return rootFailure(error);
}

test("a healthy address is its own state", async () => {
  expect(await look({})).toEqual({ url, status: 200, matched: false });
  expect(await look({ contains: "ok" })).toEqual({ url, status: 200, matched: true });
  expect(await look({ matches: '"status"\\s*:\\s*"ok"' })).toMatchObject({ matched: true });
  expect(await look({ method: "HEAD" })).toEqual({ url, status: 200, matched: false });
  expect(sandbox.log().map(({ method, write }) => [method, write])).toEqual([
    ["GET", false],
    ["GET", false],
    ["GET", false],
    ["HEAD", false],
  ]);
});

test("the query is asked for and kept out of receipts, titles and errors", async () => {
  expect(await look({ url: `${url}?key=s3cret` })).toMatchObject({ url });
  expect(check.title({ url: `${url}?key=s3cret`, method: "GET", expectedStatus: 200 })).toBe(
    `check ${url}`,
  );
  expect(
    JSON.stringify(await failureOf({ url: `${url}?key=s3cret`, contains: "x" })),
  ).not.toContain("s3cret");
});

describe("an unhealthy one fails, naming every difference", () => {
  test("status and body", async () => {
    sandbox.reset({ anykrowd: { health: { status: 503, body: { status: "down" } } } });
    expect(await failureOf({ contains: '"ok"' })).toMatchObject({
      code: "HTTP_CHECK_FAILED",
      message: `${url}: status is 503 instead of 200 and the body does not contain "\\"ok\\""`,
      outcome: "not-applied",
      transient: true,
      status: 503,
    });
    expect(await look({ expectedStatus: 503 })).toMatchObject({ status: 503 });
  });

  test("only the body", async () => {
    expect(await failureOf({ matches: "^down$" })).toMatchObject({
      code: "HTTP_CHECK_FAILED",
      message: `${url}: the body does not match /^down$/`,
      transient: false,
    });
  });

  test("a redirect is compared, not followed", async () => {
    const headers = { location: url };
    sandbox.setFaults([{ fault: { kind: "status", status: 302, headers } }]);
    expect(await failureOf({})).toMatchObject({ message: `${url}: status is 302 instead of 200` });
    expect(await look({ expectedStatus: 302 })).toMatchObject({ status: 302 });
    expect(sandbox.log()).toHaveLength(2);
  });
});

test("a call without an answer keeps the gateway's code, and has its own without a gateway", async () => {
  sandbox.setFaults([{ fault: { kind: "reset", when: "before" } }]);
  const lost = await look({}).catch((error: unknown) => http.classify(error));
  expect(lost).toMatchObject({ code: "GATEWAY_RESET", transient: true });
  const raw = new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
  expect(http.classify(raw)).toMatchObject({
    code: "HTTP_CHECK_UNREACHABLE",
    message: "no answer: connect ECONNREFUSED",
    transient: true,
  });

  sandbox.setFaults([{ fault: { kind: "stall", when: "headers" } }]);
  const stop = new AbortController();
  const parsed = await check.input["~standard"].validate({ url });
  const stopped = check
    .read(client, (parsed as { value: never }).value, makeCall({ signal: stop.signal }))
    .catch((error: unknown) => http.classify(error));
  stop.abort();
  expect(await stopped).toMatchObject({ code: "RUN_INTERRUPTED" });
  expect(http.classify(new DOMException("aborted", "AbortError"))).toMatchObject({
    code: "HTTP_CHECK_INTERRUPTED",
  });
});

test("a pattern that would take exponential time elsewhere is done at once", async () => {
  sandbox.reset({ anykrowd: { health: { body: { status: `${"a".repeat(100_000)}!` } } } });
  expect(await failureOf({ matches: "(a+)+$" })).toMatchObject({ code: "HTTP_CHECK_FAILED" });
});

describe("refused as input", () => {
  test.each([
    [{ url: "ftp://example.com/" }, "the address is not http or https"],
    [{ url: "example.com" }, "the address is not a URL"],
    [{ url: "https://me:pass@example.com/" }, "the address carries a user name or password"],
    [{ matches: "(?=a)" }, "(?="],
    [{ matches: "(a)\\1" }, "\\1"],
    [{ matches: "(" }, "missing"],
    [{ method: "POST" }, "GET"],
    [{ method: "HEAD", contains: "x" }, "a HEAD request has no body to compare"],
    [{ expectedStatus: 99 }, "200"],
    [{ status: 200 }, "status"],
  ])("%j", async (wanted, message) => {
    const parsed = await check.input["~standard"].validate({ url, ...wanted });
    expect(parsed.issues?.map((issue) => issue.message).join()).toContain(message);
  });

  test("and a refused address is not asked even if the input came past validation", async () => {
    const wanted = { url: "http://169.254.169.254/", method: "GET", expectedStatus: 200 } as const;
    const failed = await check.read(client, wanted, makeCall()).catch(rootFailure);
    expect(failed).toMatchObject({ code: "HTTP_URL_REFUSED" });
  });
});

test("two checks are one only when they ask the same", () => {
  const one = { url, method: "GET", expectedStatus: 200 } as const;
  expect(check.key(one)).toBe(check.key({ ...one }));
  expect(check.key(one)).not.toBe(check.key({ ...one, contains: "ok" }));
});

test("writes nothing", async () => {
  expect(
    check.changes({ url, method: "GET", expectedStatus: 200 }, {} as CheckState, makeCall()),
  ).toEqual([]);
  if (typeof check.undo === "string") throw new Error("a check is undone by doing nothing");
  expect(await check.undo(client, undefined, {} as CheckState, makeCall())).toEqual([]);
});
