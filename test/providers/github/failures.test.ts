import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../../src/core/catalogue/catalogue.ts";
import { failure, TestxError } from "../../../src/core/failure.ts";
import { github } from "../../../src/providers/github/provider.ts";

/** What octokit throws. */
class RequestError extends Error {
  override readonly name = "HttpError";
  override cause: unknown;
  readonly status: number;
  readonly request: object;
  readonly response: object | undefined;

  constructor(message: string, status: number, parts: { request: object; response?: object }) {
    super(message);
    this.status = status;
    this.request = parts.request;
    this.response = parts.response;
  }
}

const canary = "ghp_canaryCanary0123456789";

function replied(
  status: number,
  data: object,
  headers: object = {},
  path = "/repos/acme/app/labels",
) {
  const url = `https://api.github.com${path}`;
  return new RequestError("something", status, {
    request: {
      method: "POST",
      url,
      headers: { authorization: `token ${canary}` },
      body: { config: { secret: canary } },
    },
    response: { status, url, headers, data } as never,
  });
}

describe("replies", () => {
  test.each([
    ["GITHUB_TOKEN_INVALID", replied(401, { message: "Bad credentials" })],
    ["GATEWAY_TOKEN_LOST", replied(401, { message: "Requires authentication" })],
    ["GITHUB_FORBIDDEN", replied(403, { message: "Resource not accessible by integration" })],
    [
      "GITHUB_SSO_REQUIRED",
      replied(403, { message: "SAML" }, { "x-github-sso": "required; url=x" }),
    ],
    ["GITHUB_ARCHIVED", replied(403, { message: "Repository was archived so is read-only." })],
    [
      "GITHUB_RATE_LIMITED",
      replied(403, { message: "API rate limit exceeded" }, { "x-ratelimit-remaining": "0" }),
    ],
    ["GITHUB_SECONDARY_LIMIT", replied(429, { message: "Slow down" }, { "retry-after": "3" })],
    [
      "GITHUB_SECONDARY_LIMIT",
      replied(403, { message: "You have exceeded a secondary rate limit." }),
    ],
    ["GITHUB_REPOSITORY_NOT_FOUND", replied(404, { message: "Not Found" })],
    ["GITHUB_NOT_FOUND", replied(404, { message: "Not Found" }, {}, "/repos/acme/app/labels/x")],
    ["GITHUB_CONFLICT", replied(409, { message: "x does not match" })],
    [
      "GITHUB_CONFLICT",
      replied(422, { message: "Validation Failed", errors: [{ code: "already_exists" }] }),
    ],
    ["GITHUB_CONFLICT", replied(422, { message: 'Invalid request.\n\n"sha" wasn\'t supplied.' })],
    ["GITHUB_VALIDATION", replied(422, { message: "Validation Failed", errors: [] })],
    ["GITHUB_GONE", replied(410, { message: "Issues are disabled" })],
    ["GITHUB_UNAVAILABLE", replied(502, {})],
    ["GITHUB_REFUSED", replied(418, {})],
    ["GITHUB_REFUSED", replied(451, { message: "Repository access blocked" })],
    ["GITHUB_REFUSED", replied(403, { message: "Sorry. Your account was suspended." })],
    [
      "GITHUB_REFUSED",
      replied(403, { message: "the `acme` organization has an IP allow list enabled" }),
    ],
  ])("%s", (code, error) => {
    const found = github.classify(error);
    expect(found.code).toBe(code);
    expect(catalogue[code]).toBeDefined();
    expect(found.outcome).toBe(code === "GITHUB_UNAVAILABLE" ? "unknown" : "not-applied");
    expect(inspect(found, { depth: 9 })).not.toContain("canary");
  });

  test("errors[] are spelled out, without the values that were sent", () => {
    const error = replied(422, {
      message: "Validation Failed",
      errors: [
        { resource: "Label", field: "color", code: "invalid", value: canary },
        { resource: "Hook", code: "custom", message: "Hook already there" },
        "in words",
      ],
    });
    expect(github.classify(error).message).toBe(
      "GitHub answered 422 to POST /repos/acme/app/labels: Validation Failed (Label.color invalid; Hook Hook already there; in words)",
    );
  });

  test("a refusal names what GitHub would accept", () => {
    const headers = { "x-accepted-github-permissions": "issues=write; pull_requests=write" };
    const found = github.classify(replied(403, { message: "No" }, headers));
    expect(found.message).toContain(
      "(it needs the permission issues=write or pull_requests=write)",
    );
    expect(found.details).toMatchObject({
      acceptedPermissions: headers["x-accepted-github-permissions"],
    });
    const scopes = github.classify(
      replied(403, { message: "No" }, { "x-accepted-oauth-scopes": "repo" }),
    );
    expect(scopes.message).toContain("(it needs one of the scopes repo)");
  });

  test("limits tell how long to wait", () => {
    const reset = Math.ceil(Date.now() / 1000) + 120;
    const headers = {
      date: new Date().toUTCString(),
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(reset),
    };
    const found = github.classify(replied(403, { message: "API rate limit exceeded" }, headers));
    expect(found.transient).toBe(true);
    expect(found.retryAfterMs).toBeGreaterThan(110_000);
    expect(found.retryAfterMs).toBeLessThan(130_000);
  });
});

describe("no reply", () => {
  test("what the gateway threw is found below octokit's own error, which says 500", () => {
    const inner = new TestxError(failure("GATEWAY_TIMEOUT", "too late", { outcome: "unknown" }));
    const outer = new RequestError("too late", 500, {
      request: { method: "GET", url: "https://x/", headers: {} },
    });
    outer.cause = inner;
    expect(github.classify(outer)).toBe(inner.failure);
  });

  test("an error of the network leaves the outcome open", () => {
    const error = new RequestError("other side closed", 500, {
      request: { method: "POST", url: "https://x/repos/a/b/labels", headers: {} },
    });
    expect(github.classify(error)).toMatchObject({
      code: "GITHUB_UNAVAILABLE",
      outcome: "unknown",
      transient: true,
    });
  });

  test("an abort is not worth another try", () => {
    const error = Object.assign(new DOMException("stopped", "AbortError"), { status: 500 });
    expect(github.classify(error)).toMatchObject({ outcome: "unknown", transient: false });
  });

  test.each([undefined, null, 7, "text", {}, new TypeError("x")])("%s has a code", (error) => {
    expect(github.classify(error)).toMatchObject({ code: "GITHUB_UNEXPECTED", outcome: "unknown" });
  });
});
