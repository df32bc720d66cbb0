import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tokens } from "../../src/sandbox/github/initial.ts";
import { github } from "../../src/sandbox/github/service.ts";
import type { RunningSandbox } from "../../src/sandbox/server.ts";
import { sandboxOf } from "../support/sandbox.ts";

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await sandboxOf([github]);
});
afterEach(() => sandbox.close());

interface Options {
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function ask(
  method: string,
  path: string,
  { token = tokens.admin, body, headers }: Options = {},
) {
  const reply = await fetch(`${sandbox.environment.GITHUB_API_URL}${path}`, {
    method,
    redirect: "manual",
    headers: {
      "user-agent": "a-test",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await reply.text();
  return {
    status: reply.status,
    headers: reply.headers,
    json: text === "" ? undefined : JSON.parse(text),
  };
}

const app = "/repos/acme/app";

describe("who may", () => {
  test("nobody without a token, or with one that is not known", async () => {
    expect(await ask("GET", app, { token: null })).toMatchObject({
      status: 401,
      json: { message: "Requires authentication" },
    });
    expect(await ask("GET", app, { token: "ghp_x" })).toMatchObject({
      status: 401,
      json: { message: "Bad credentials" },
    });
  });

  test("scopes are told, and those that would do", async () => {
    const { headers } = await ask("GET", app);
    expect(headers.get("x-oauth-scopes")).toBe("admin:org, delete_repo, repo, user, workflow");
    expect(headers.get("x-accepted-oauth-scopes")).toBe("repo");
    const fine = await ask("POST", `${app}/actions/variables`, {
      token: tokens.issuesOnly,
      body: { name: "A", value: "b" },
    });
    expect(fine).toMatchObject({
      status: 403,
      json: { message: "Resource not accessible by personal access token" },
    });
    expect(fine.headers.get("x-accepted-github-permissions")).toBe("actions_variables=write");
    expect(fine.headers.get("x-oauth-scopes")).toBeNull();
  });

  test.each([
    ["reader", "GET", app, 200],
    ["reader", "GET", `${app}/labels`, 200],
    ["reader", "POST", `${app}/labels`, 403],
    ["reader", "GET", `${app}/hooks`, 404],
    ["stranger", "GET", app, 404],
    ["noDeletion", "DELETE", app, 403],
    ["actions", "GET", "/user", 403],
    ["issuesOnly", "GET", `${app}/hooks`, 403],
  ] as const)("%s: %s %s → %i", async (token, method, path, status) => {
    expect((await ask(method, path, { token: tokens[token] })).status).toBe(status);
  });

  test("an address that was left is answered with where it went", async () => {
    expect(await ask("GET", "/repos/acme/old-app/labels")).toMatchObject({
      status: 301,
      json: {
        message: "Moved Permanently",
        url: expect.stringMatching(/\/repositories\/301\/labels$/),
      },
    });
    expect((await ask("POST", "/repos/acme/old-app/labels", { body: { name: "x" } })).status).toBe(
      307,
    );
    await ask("PATCH", app, { body: { name: "renamed" } });
    expect((await ask("GET", app)).status).toBe(301);
  });
});

describe("requests", () => {
  test.each([
    ["no JSON", "{", 400, "Problems parsing JSON"],
    ["no object", "[]", 400, "Body should be a JSON object"],
    ["a missing field", {}, 422, '"name" wasn\'t supplied.'],
    ["an unknown field", { name: "x", colour: "red" }, 422, '"colour" is not a permitted key.'],
    ["an ill-typed field", { name: 7 }, 422, "For 'properties/name'"],
  ])("%s is refused", async (_name, body, status, message) => {
    const reply = await ask("POST", `${app}/labels`, { body });
    expect(reply.status).toBe(status);
    expect(reply.json.message).toContain(message);
  });

  test.each([
    ["labels", { name: "BUG" }, { resource: "Label", field: "name", code: "already_exists" }],
    ["labels", { name: " " }, { resource: "Label", field: "name", code: "missing_field" }],
    ["labels", { name: "x", color: "red" }, { resource: "Label", field: "color", code: "invalid" }],
    [
      "milestones",
      { title: "m", due_on: "soon" },
      { resource: "Milestone", field: "due_on", code: "invalid" },
    ],
    ["hooks", { config: {} }, { resource: "Hook", field: "url", code: "missing_field" }],
    [
      "hooks",
      { config: { url: "http://localhost/x" } },
      { resource: "Hook", field: "url", code: "custom" },
    ],
    [
      "hooks",
      { config: { url: "https://e.example" }, events: ["pushed"] },
      { resource: "Hook", field: "events" },
    ],
    [
      "issues",
      { title: "i", assignees: ["nobody"] },
      { resource: "Issue", field: "assignees", code: "invalid" },
    ],
    [
      "issues",
      { title: "i", milestone: 9 },
      { resource: "Issue", field: "milestone", code: "invalid" },
    ],
  ])("%s: %j → %j, and nothing is made", async (what, body, error) => {
    const before = sandbox.state();
    expect(await ask("POST", `${app}/${what}`, { body })).toMatchObject({
      status: 422,
      json: { message: "Validation Failed", errors: [error] },
    });
    expect(sandbox.state()).toBe(before);
  });

  test("a user agent is required, and an API version has to exist", async () => {
    expect((await ask("GET", app, { headers: { "user-agent": "" } })).status).toBe(403);
    expect(
      (await ask("GET", app, { headers: { "x-github-api-version": "1999-01-01" } })).status,
    ).toBe(400);
    const { headers } = await ask("GET", app, {
      headers: { "x-github-api-version": "2022-11-28" },
    });
    expect(headers.get("x-github-api-version-selected")).toBe("2022-11-28");
  });

  test("what an archived repository holds stays as it is", async () => {
    await ask("PATCH", app, { body: { archived: true } });
    expect(await ask("POST", `${app}/labels`, { body: { name: "x" } })).toMatchObject({
      status: 403,
      json: { message: "Repository was archived so is read-only." },
    });
    expect((await ask("PATCH", app, { body: { description: "x" } })).status).toBe(403);
    expect((await ask("PATCH", app, { body: { archived: false, description: "x" } })).status).toBe(
      200,
    );
  });
});

describe("replies", () => {
  test("lists are in pages that link each other", async () => {
    const first = await ask("GET", `${app}/labels?per_page=4`);
    expect(first.json).toHaveLength(4);
    expect(first.headers.get("link")).toContain('labels?per_page=4&page=2>; rel="next"');
    expect(first.headers.get("link")).toContain('page=3>; rel="last"');
    const last = await ask("GET", `${app}/labels?per_page=4&page=3`);
    expect(last.json).toHaveLength(1);
    expect(last.headers.get("link")).not.toContain('rel="next"');
    expect(last.headers.get("link")).toContain('page=1>; rel="first"');
    expect((await ask("GET", `${app}/labels`)).headers.get("link")).toBeNull();
    expect((await ask("GET", `${app}/labels?per_page=4&page=9`)).json).toEqual([]);
  });

  test("304 to who has it already", async () => {
    const { headers } = await ask("GET", `${app}/labels`);
    const etag = headers.get("etag")!;
    const again = await ask("GET", `${app}/labels`, { headers: { "if-none-match": etag } });
    expect(again).toMatchObject({ status: 304, json: undefined });
    await ask("POST", `${app}/labels`, { body: { name: "x" } });
    expect((await ask("GET", `${app}/labels`, { headers: { "if-none-match": etag } })).status).toBe(
      200,
    );
  });

  test("the hour's calls are counted, and used up", async () => {
    sandbox.reset({ github: { rate: { limit: 3 } } });
    const left = async () => {
      const { status, headers } = await ask("GET", app);
      return [status, headers.get("x-ratelimit-remaining")];
    };
    expect([await left(), await left(), await left(), await left()]).toEqual([
      [200, "2"],
      [200, "1"],
      [200, "0"],
      [403, "0"],
    ]);
    expect((await ask("GET", "/rate_limit")).json.rate).toMatchObject({
      limit: 3,
      used: 3,
      remaining: 0,
    });
  });

  test.each([
    [429, 7, "7"],
    [403, null, null],
  ])("the secondary limit: %i with Retry-After %s", async (status, retryAfter, header) => {
    sandbox.reset({ github: { throttle: { times: 1, status, retryAfter } } });
    const turned = await ask("GET", app);
    expect(turned.status).toBe(status);
    expect(turned.json.message).toContain("secondary rate limit");
    expect(turned.headers.get("retry-after")).toBe(header);
    expect((await ask("GET", app)).status).toBe(200);
  });
});

describe("contents", () => {
  const content = Buffer.from("hello\n").toString("base64");
  const file = `${app}/contents/docs%2Fa.md`;

  test("has Git's own names, and asks for the version that is replaced", async () => {
    const made = await ask("PUT", file, { body: { message: "m", content } });
    expect(made).toMatchObject({
      status: 201,
      json: { content: { path: "docs/a.md", sha: "ce013625030ba8dba906f756967f9e9ca394464a" } },
    });
    expect(await ask("PUT", file, { body: { message: "m", content } })).toMatchObject({
      status: 422,
    });
    const body = { message: "m", content, sha: "0".repeat(40) };
    expect(await ask("PUT", file, { body })).toMatchObject({ status: 409 });
    expect(await ask("DELETE", file, { body: { message: "m", sha: body.sha } })).toMatchObject({
      status: 409,
    });
    expect(await ask("GET", `${app}/contents/docs/a.md`)).toMatchObject({
      status: 200,
      json: { type: "file", content, encoding: "base64" },
    });
    expect((await ask("GET", `${app}/contents/docs`)).json).toMatchObject([{ path: "docs/a.md" }]);
  });

  test("what is not base64, not inside, or not a branch is refused", async () => {
    const put = (path: string, body: object) => ask("PUT", `${app}/contents/${path}`, { body });
    expect((await put("x", { message: "m", content: "no!" })).status).toBe(422);
    expect((await put("a%2F..%2Fb", { message: "m", content })).status).toBe(422);
    expect((await put("x", { message: "m", content, branch: "none" })).status).toBe(404);
    expect((await put("README.md%2Fx", { message: "m", content })).status).toBe(422);
  });
});

describe("the canonical state", () => {
  test("has no ids, numbers, times or commits, and is the same whatever came and went", async () => {
    const initial = sandbox.state();
    await ask("POST", `${app}/labels`, { body: { name: "x" } });
    expect(sandbox.state()).not.toBe(initial);
    await ask("DELETE", `${app}/labels/x`);
    const { json } = await ask("PUT", `${app}/contents/x`, { body: { message: "m", content: "" } });
    await ask("DELETE", `${app}/contents/x`, { body: { message: "m", sha: json.content.sha } });
    expect(sandbox.state()).toBe(initial);
    expect(initial).not.toMatch(/"(id|number|createdAt|updatedAt)"/);
  });

  test("shows closed issues", async () => {
    await ask("POST", `${app}/issues`, { body: { title: "Stay" } });
    await ask("PATCH", `${app}/issues/1`, { body: { state: "closed" } });
    expect(sandbox.state()).toContain('"state":"closed"');
  });
});

test("writes are marked in the log, reads are not", async () => {
  await ask("GET", app);
  await ask("POST", `${app}/labels`, { body: { name: "x" } });
  await ask("DELETE", `${app}/labels/x`);
  expect(sandbox.log().map(({ method, write }) => [method, write])).toEqual([
    ["GET", false],
    ["POST", true],
    ["DELETE", true],
  ]);
});
