import { inspect } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Fetch } from "../../../src/core/http.ts";
import type { AnyKind } from "../../../src/core/provider.ts";
import { BufferedReply, RecordHeaders } from "../../../src/core/reply.ts";
import { github } from "../../../src/providers/github/provider.ts";
import { tokens } from "../../../src/sandbox/github/initial.ts";
import { makeCall } from "../../support/sandbox.ts";
import { failureOf, subject } from "./subject.ts";

afterEach(() => vi.restoreAllMocks());

const canary = "ghp_canaryCanary0123456789";

/** A client whose every call gets this reply. */
function answering(
  reply: { status: number; body: string; headers?: Record<string, string> },
  seen: string[] = [],
) {
  const fetch: Fetch = async (url) => {
    seen.push(String(url));
    return new BufferedReply({
      status: reply.status,
      url: String(url),
      headers: new RecordHeaders({ "content-type": "application/json", ...reply.headers }),
      body: reply.body,
    });
  };
  return github.connect(
    { repository: "acme/app" },
    { fetch, url: "https://api.github.com", secret: () => canary },
  );
}

const label = github.kinds.label as AnyKind;

describe("what octokit takes for success", () => {
  test.each([
    ["a 201 that was cut", 201, '{"id":1,"name":"x'],
    ["a 201 with nothing", 201, ""],
    ["a 201 with something else", 201, "{}"],
    ["a 200 that is a page", 200, "<html>"],
  ])("%s is not believed", async (_name, status, body) => {
    const client = await answering({ status, body });
    const failure = await failureOf(label.apply(client, { name: "x" }, undefined, makeCall()));
    expect(failure).toMatchObject({
      code: "GITHUB_UNREADABLE",
      outcome: "unknown",
      transient: true,
    });
  });

  test("a redirect is not followed", async () => {
    const seen: string[] = [];
    const headers = { location: "https://elsewhere.example/repositories/1/labels" };
    const client = await answering({ status: 301, body: "{}", headers }, seen);
    const failure = await failureOf(label.apply(client, { name: "x" }, undefined, makeCall()));
    expect(failure).toMatchObject({ code: "GITHUB_MOVED", outcome: "not-applied", status: 301 });
    expect(seen).toHaveLength(1);
  });

  test("a renamed repository is reported as moved, for reads and writes", async () => {
    const at = await subject({ config: { repository: "acme/old-app" } });
    expect(await failureOf(at.kind("label").read({ name: "bug" }))).toMatchObject({
      code: "GITHUB_MOVED",
    });
    expect(await failureOf(at.kind("label").apply({ name: "new" }))).toMatchObject({
      code: "GITHUB_MOVED",
    });
    expect(at.app().labels).toHaveLength(9);
  });
});

test("nothing is printed: no request, no error, no deprecation", async () => {
  const printed = (["log", "debug", "info", "warn", "error"] as const).map((name) =>
    vi.spyOn(console, name),
  );
  const deprecated = {
    deprecation: "true",
    sunset: "soon",
    link: '<https://x>; rel="deprecation"',
  };
  const good = await answering({ status: 200, body: "[]", headers: deprecated });
  await label.read(good, { name: "x" }, makeCall());
  const bad = await answering({ status: 422, body: '{"message":"no"}' });
  await failureOf(label.apply(bad, { name: "x" }, undefined, makeCall()));
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

test("the link to a next page cannot lead the token elsewhere", async () => {
  const seen: string[] = [];
  const headers = { link: '<https://evil.example/steal?page=2&after=x>; rel="next"' };
  const client = await answering({ status: 200, body: "[]", headers }, seen);
  expect(await failureOf(label.read(client, { name: "x" }, makeCall()))).toMatchObject({
    code: "GITHUB_UNREADABLE",
  });
  expect(seen.length).toBeGreaterThan(1);
  expect(seen[1]).toBe("https://api.github.com/repos/acme/app/labels?per_page=100&page=2&after=x");
  for (const url of seen) expect(url).toMatch(/^https:\/\/api\.github\.com\//);
});

test.each([
  ["https://api.github.com/", "https://github.com"],
  ["https://ghe.acme.example/api/v3", "https://ghe.acme.example"],
  ["https://api.acme.ghe.com", "https://acme.ghe.com"],
  ["http://127.0.0.1:4711/github", "https://github.com"],
])("links of the API at %s lead to %s", async (url, web) => {
  const fetch: Fetch = async () => Promise.reject(new Error("no call"));
  const client = await github.connect(
    { repository: "acme/app" },
    { fetch, url, secret: () => canary },
  );
  expect(client.web).toBe(web);
});

describe("tokens", () => {
  const connect = (token: string | undefined) =>
    github.connect(
      { repository: "acme/app" },
      {
        fetch: async () => Promise.reject(new Error("no call")),
        url: "https://x",
        secret: () => token,
      },
    );

  test.each([undefined, ""])("%j is missing", async (token) => {
    expect(await failureOf(connect(token))).toMatchObject({ code: "GITHUB_TOKEN_MISSING" });
  });

  test.each(["ghp_with space", "ghp_line\n", "ghp_ümlaut"])("%j is no token", async (token) => {
    const failure = await failureOf(connect(token));
    expect(failure.code).toBe("GITHUB_TOKEN_INVALID");
    expect(inspect(failure)).not.toContain("ghp_");
  });

  test("neither the client nor an error shows the token or a secret that was sent", async () => {
    const client = await answering({ status: 422, body: '{"message":"Validation Failed"}' });
    const hook = github.kinds.webhook as AnyKind;
    const input = { url: "https://example.com/x", secret: "canary-hook-secret" };
    let thrown: unknown;
    await hook.apply(client, input, undefined, makeCall()).catch((error: unknown) => {
      thrown = error;
    });
    const shown = inspect([thrown, client], { depth: 12, showHidden: true, getters: true });
    expect(shown).toContain("GITHUB_VALIDATION");
    expect(shown).not.toContain("canary");
  });
});

describe("health", () => {
  const health = async (token: string, config = {}) => {
    const at = await subject({ token, config });
    return { result: await github.health(at.client, makeCall()), calls: at.calls };
  };

  test("tells who the token is, and what it has, in two calls", async () => {
    const { result, calls } = await health(tokens.admin);
    expect(result).toEqual({ status: "healthy", account: "testx-bot" });
    expect(calls.map(({ operation }) => operation).sort()).toEqual([
      "GET /repos/{owner}/{repo}",
      "GET /user",
    ]);
  });

  test("the token of GitHub Actions has no user, and is asked for none", async () => {
    const { result, calls } = await health(tokens.actions);
    expect(result).toMatchObject({ status: "healthy", account: "an app installation" });
    expect(calls).toHaveLength(1);
  });

  test("one that may only read is degraded, a stranger's is down", async () => {
    expect((await health(tokens.reader)).result).toMatchObject({
      status: "degraded",
      account: "octocat",
      failure: { code: "GITHUB_FORBIDDEN" },
    });
    expect((await health(tokens.stranger)).result).toMatchObject({
      status: "down",
      failure: { code: "GITHUB_REPOSITORY_NOT_FOUND" },
    });
    expect((await health("ghp_unknown")).result).toMatchObject({
      status: "down",
      failure: { code: "GITHUB_TOKEN_INVALID" },
    });
  });

  test("a classic token whose scopes do not let it write is degraded", async () => {
    const at = await subject();
    const narrow = { login: "testx-bot", scopes: ["read:user"], permissions: null, role: "admin" };
    const settings = { ...at.app().settings, visibility: "public" };
    const repositories = [{ ...at.app(), settings }];
    at.sandbox.reset({ github: { tokens: { ghp_narrow: narrow }, repositories } } as never);
    const { client } = await subject({ sandbox: at.sandbox, token: "ghp_narrow" });
    expect(await github.health(client, makeCall())).toMatchObject({
      status: "degraded",
      message: expect.stringContaining("only the scopes read:user"),
    });
  });

  test("a repository that is yet to be made is no fault when the integration says so", async () => {
    const repository = "acme/fresh";
    expect((await health(tokens.admin, { repository })).result).toMatchObject({ status: "down" });
    expect(
      (await health(tokens.admin, { repository, createRepository: true })).result,
    ).toMatchObject({
      status: "healthy",
    });
  });
});
