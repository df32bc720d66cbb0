import { describe, expect, test } from "vitest";
import { RecordHeaders } from "../../../src/core/reply.ts";
import { unreadable, verdictOf } from "../../../src/core/verdict.ts";
import { wire } from "../../../src/providers/github/wire.ts";

function request(method: string, path: string) {
  return { method, url: new URL(`https://api.github.com${path}`), body: undefined };
}

describe("describe", () => {
  test.each([
    ["GET", "/repos/a/b/labels?per_page=100", "GET /repos/{owner}/{repo}/labels", false, true],
    ["HEAD", "/user", "HEAD /user", false, true],
    ["POST", "/repos/a/b/labels", "POST /repos/{owner}/{repo}/labels", true, false],
    [
      "PATCH",
      "/repos/a/b/labels/good%2Fbad",
      "PATCH /repos/{owner}/{repo}/labels/{name}",
      true,
      true,
    ],
    ["DELETE", "/repos/a/b/hooks/7", "DELETE /repos/{owner}/{repo}/hooks/{hook_id}", true, true],
    [
      "PUT",
      "/repos/a/b/actions/secrets/K",
      "PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}",
      true,
      true,
    ],
    [
      "GET",
      "/repos/a/b/actions/secrets/public-key",
      "GET /repos/{owner}/{repo}/actions/secrets/public-key",
      false,
      true,
    ],
    [
      "PUT",
      "/repos/a/b/contents/x%2Fy.md",
      "PUT /repos/{owner}/{repo}/contents/{path}",
      true,
      false,
    ],
    [
      "DELETE",
      "/repos/a/b/contents/x/y.md",
      "DELETE /repos/{owner}/{repo}/contents/{path}",
      true,
      false,
    ],
    ["PATCH", "/api/v3/repos/a/b", "PATCH /repos/{owner}/{repo}", true, true],
    ["POST", "/github/orgs/acme/repos", "POST /orgs/{org}/repos", true, false],
    ["POST", "/repos/a/b/something/new", "POST /repos/a/b/something/new", true, false],
  ])("%s %s", (method, path, name, write, idempotent) => {
    expect(wire.describe(request(method, path))).toEqual({ name, write, idempotent });
  });
});

describe("judge", () => {
  const verdict = (
    [method, path]: [string, string],
    status: number,
    text: string,
    headers: Record<string, string> = {},
  ) =>
    verdictOf(
      wire,
      request(method, path),
      { status, text, headers: new RecordHeaders(headers) },
      () => 1_700_000_000_000,
    );
  const label: [string, string] = ["POST", "/repos/a/b/labels"];

  test("a reply that was cut is never success", () => {
    expect(verdict(label, 201, '{"id":1,"na')).toMatchObject({
      outcome: "unknown",
      transient: true,
    });
    expect(verdict(label, 201, "")).toMatchObject({ outcome: "unknown" });
    expect(verdict(label, 201, '{"id":1}')).toMatchObject({ outcome: "applied" });
    expect(verdict(["GET", "/user"], 200, "<html>")).toMatchObject({ outcome: "unknown" });
  });

  test("operations without content are judged by their status alone", () => {
    const secret: [string, string] = ["PUT", "/repos/a/b/actions/secrets/K"];
    for (const text of ["", "{}", "null"]) {
      expect(verdict(secret, 201, text)).toMatchObject({ outcome: "applied" });
    }
    expect(verdict(secret, 204, "")).toMatchObject({ outcome: "applied" });
    expect(verdict(secret, 200, "{}")).toMatchObject({ outcome: "unknown" });
    expect(verdict(["DELETE", "/repos/a/b/labels/x"], 204, "")).toMatchObject({
      outcome: "applied",
    });
    expect(verdict(["DELETE", "/repos/a/b/labels/x"], 200, "{}")).toMatchObject({
      outcome: "unknown",
    });
  });

  test.each([
    ["retry-after", 429, { "retry-after": "7" }, "", 7_000],
    ["retry-after on 403", 403, { "retry-after": "9" }, "", 9_000],
    [
      "a spent hour",
      403,
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000030" },
      "",
      30_000,
    ],
    [
      "a secondary limit that does not say",
      403,
      {},
      "You have exceeded a secondary rate limit",
      60_000,
    ],
    ["429 without a word", 429, {}, "", 60_000],
  ] as const)(
    "limits by %s are not applied and wait",
    (_name, status, headers, text, retryAfterMs) => {
      expect(verdict(label, status, text, headers)).toMatchObject({
        outcome: "not-applied",
        transient: true,
        retryAfterMs,
      });
    },
  );

  test("a page for people is nobody's refusal", () => {
    for (const status of [400, 403, 404]) {
      expect(verdict(label, status, "\n<!doctype html><html>Blocked</html>")).toEqual({
        ...{ outcome: "not-applied", transient: false, reason: unreadable },
      });
    }
    expect(verdict(label, 429, "<html>You have exceeded a rate limit</html>")).toMatchObject({
      ...{ outcome: "not-applied", transient: true },
    });
  });

  test("other refusals are final, and errors of the service leave the outcome open", () => {
    expect(verdict(label, 403, '{"message":"Must have admin rights"}')).toMatchObject({
      outcome: "not-applied",
      transient: false,
    });
    expect(verdict(label, 422, "{}")).toMatchObject({ outcome: "not-applied", transient: false });
    expect(verdict(label, 301, "{}")).toMatchObject({ outcome: "not-applied", transient: false });
    expect(verdict(label, 502, "")).toMatchObject({ outcome: "unknown", transient: true });
  });

  test("two commits to one branch at once may be sent again; a file that changed may not", () => {
    const file: [string, string] = ["PUT", "/repos/a/b/contents/x"];
    const moved = '{"message":"is at 4dc0 but expected 12ab"}';
    expect(verdict(file, 409, moved)).toMatchObject({ outcome: "not-applied", transient: true });
    expect(verdict(file, 409, '{"message":"x does not match 12ab"}')).toMatchObject({
      transient: false,
    });
  });
});
