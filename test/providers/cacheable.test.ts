import { describe, expect, test } from "vitest";
import type { Wire } from "../../src/core/http.ts";
import { RecordHeaders } from "../../src/core/reply.ts";
import { wire as github } from "../../src/providers/github/wire.ts";
import { wire as notion } from "../../src/providers/notion/wire.ts";
import { wire as slack } from "../../src/providers/slack/wire.ts";

const about = (wire: Wire, method: string, url: string) =>
  wire.cacheable?.({ method, url: new URL(url), body: undefined });

const at = "https://api.github.com/repos/acme/app";

describe("GitHub", () => {
  test.each([
    [at, "repository", 1],
    [`${at}/topics`, "repository", 1],
    [`${at}/labels?per_page=100`, "labels", 4],
    [`${at}/environments/staging/variables`, "variables", 4],
    ["https://github.acme.test/api/v3/repos/acme/app/milestones", "milestones", 4],
  ])("%s is of the kind %s for %i hours", (url, kind, hours) => {
    expect(about(github, "GET", url)).toMatchObject({ kind, ttlMs: hours * 3_600_000 });
  });

  test("nothing is a lookup: GitHub confirms everything for nothing", () => {
    for (const path of ["", "/labels", "/hooks", "/issues/1"]) {
      expect(about(github, "GET", at + path)).not.toHaveProperty("lookup");
    }
    expect(about(github, "GET", "https://api.github.com/user")).not.toHaveProperty("lookup");
  });

  test.each([
    ["POST", `${at}/labels`],
    ["PATCH", at],
    ["HEAD", at],
    ["GET", `${at}/contents/secrets/key.pem`],
    ["GET", `${at}/actions/secrets/public-key`],
    ["GET", `${at}/unheard-of`],
  ])("%s %s is always asked", (method, url) => {
    expect(about(github, method, url)).toBeUndefined();
  });

  test("a full page that names no next one is not kept: its ETag would not tell of one", () => {
    const keep = (url: string, count: number, link?: string) =>
      about(github, "GET", url)?.keep?.({
        status: 200,
        headers: new RecordHeaders(link === undefined ? {} : { link }),
        text: JSON.stringify(Array.from({ length: count }, (_, id) => ({ id }))),
      });
    const next = '<https://api.github.com/repositories/1/labels?page=2>; rel="next"';
    expect(keep(`${at}/labels?per_page=100`, 99)).toBe(true);
    expect(keep(`${at}/labels?per_page=100`, 100)).toBe(false);
    expect(keep(`${at}/labels?per_page=100`, 100, next)).toBe(true);
    expect(keep(`${at}/labels`, 30)).toBe(false);
    const counted = { status: 200, headers: new RecordHeaders({}), text: '{"total_count":30}' };
    expect(about(github, "GET", `${at}/actions/variables`)?.keep?.(counted)).toBe(true);
  });
});

test("Slack: who is who is a lookup for half an hour; channels and members are not", () => {
  const of = (method: string) => about(slack, "POST", `https://slack.com/api/${method}`);
  const halfAnHour = 30 * 60_000;
  expect(of("users.lookupByEmail")).toEqual({ kind: "users", ttlMs: halfAnHour, lookup: true });
  expect(of("users.list")).toEqual({ kind: "users", ttlMs: halfAnHour, lookup: true });
  for (const method of ["conversations.list", "conversations.info", "conversations.members"]) {
    expect(of(method)).toEqual({ kind: "channels", ttlMs: halfAnHour });
  }
  for (const method of ["auth.test", "chat.postMessage", "conversations.create", "toString"]) {
    expect(of(method)).toBeUndefined();
  }
});

test("Notion: users are lookups, schema and content are not, and a search is never kept", () => {
  const of = (method: string, path: string) =>
    about(notion, method, `https://api.notion.com/v1/${path}`);
  expect(of("GET", "users/me")).toMatchObject({ kind: "account", lookup: true });
  expect(of("GET", "data_sources/1")).toEqual({ kind: "schema", ttlMs: 3_600_000 });
  expect(of("POST", "data_sources/1/query")).toMatchObject({ kind: "rows" });
  expect(of("GET", "blocks/1/children")).not.toHaveProperty("lookup");
  for (const [method, path] of [
    ["POST", "search"],
    ["POST", "pages"],
    ["PATCH", "data_sources/1"],
  ] as const) {
    expect(of(method, path)).toBeUndefined();
  }
});

test("no write is ever kept, and no lookup without an end", () => {
  for (const wire of [slack, notion, github]) {
    for (const method of ["GET", "POST", "PATCH", "PUT", "DELETE"]) {
      for (const path of ["/api/chat.update", "/v1/pages/1", "/repos/a/b/labels/c", "/x"]) {
        const request = { method, url: new URL(`https://service.test${path}`), body: undefined };
        const kept = wire.cacheable?.(request);
        if (kept === undefined) continue;
        expect(wire.describe(request).write).toBe(false);
        expect(kept.ttlMs).toBeGreaterThan(0);
      }
    }
  }
});
