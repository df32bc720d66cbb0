import type { JudgedReply, Operation, Verdict, Wire, WireRequest } from "../../core/http.ts";
import { isJson, retryAfter, unreadable } from "../../core/verdict.ts";
import { cacheable } from "./cacheable.ts";
import { successWithout } from "./replies.ts";

/** The paths that testx calls, as GitHub's description writes them. */
const templates = [
  "/user",
  "/user/repos",
  "/users/{username}",
  "/orgs/{org}/repos",
  "/orgs/{org}/teams/{team_slug}",
  "/repos/{owner}/{repo}",
  "/repos/{owner}/{repo}/topics",
  "/repos/{owner}/{repo}/branches",
  "/repos/{owner}/{repo}/commits",
  "/repos/{owner}/{repo}/labels",
  "/repos/{owner}/{repo}/labels/{name}",
  "/repos/{owner}/{repo}/milestones",
  "/repos/{owner}/{repo}/milestones/{milestone_number}",
  "/repos/{owner}/{repo}/actions/variables",
  "/repos/{owner}/{repo}/actions/variables/{name}",
  "/repos/{owner}/{repo}/actions/secrets",
  "/repos/{owner}/{repo}/actions/secrets/public-key",
  "/repos/{owner}/{repo}/actions/secrets/{secret_name}",
  "/repos/{owner}/{repo}/environments",
  "/repos/{owner}/{repo}/environments/{environment_name}",
  "/repos/{owner}/{repo}/environments/{environment_name}/variables",
  "/repos/{owner}/{repo}/environments/{environment_name}/variables/{name}",
  "/repos/{owner}/{repo}/environments/{environment_name}/secrets",
  "/repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key",
  "/repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}",
  "/repos/{owner}/{repo}/hooks",
  "/repos/{owner}/{repo}/hooks/{hook_id}",
  "/repos/{owner}/{repo}/hooks/{hook_id}/config",
  "/repos/{owner}/{repo}/issues",
  "/repos/{owner}/{repo}/issues/{issue_number}",
  "/repos/{owner}/{repo}/contents/{path}",
  "/repos/{owner}/{repo}/git/blobs/{file_sha}",
] as const;

/** What a path of the API begins with: the base URL may have one of its own (`/api/v3`). */
const roots: ReadonlySet<string> = new Set(["repos", "orgs", "user", "users"]);

// Patterns would take a millisecond to compile.
let split: readonly { readonly template: string; readonly parts: readonly string[] }[] | undefined;

function isOf(parts: readonly string[], given: readonly string[]): boolean {
  const open = parts.at(-1) === "{path}";
  if (open ? given.length < parts.length : given.length !== parts.length) return false;
  return parts.every((part, at) => (part.startsWith("{") ? given[at] !== "" : part === given[at]));
}

/** A call is described, judged and looked up in a row. */
let last = { pathname: "", template: "" };

/** `/repos/{owner}/{repo}/labels` of `/api/v3/repos/acme/app/labels`; one unknown stays as it is. */
export function templateOf(pathname: string): string {
  if (last.pathname === pathname) return last.template;
  split ??= templates.map((template) => ({ template, parts: template.slice(1).split("/") }));
  const parts = pathname.split("/");
  const given = parts.slice(parts.findIndex((part) => roots.has(part)));
  const known = split.find((one) => isOf(one.parts, given));
  last = { pathname, template: known?.template ?? pathname };
  return last.template;
}

function describe({ method, url }: WireRequest): Operation {
  const template = templateOf(url.pathname);
  const write = method !== "GET" && method !== "HEAD";
  return {
    name: `${method} ${template}`,
    write,
    idempotent: !write || repeatable(method, template),
  };
}

/** Every PATCH that testx sends sets values. A file's PUT and DELETE name the version they replace. */
function repeatable(method: string, template: string): boolean {
  return method !== "POST" && !template.endsWith("/contents/{path}");
}

/** GitHub asks for at least a minute when it does not say how long. */
export const unsaidWaitMs = 60_000;

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export function limitOf({
  status,
  headers,
  text,
}: JudgedReply): "primary" | "secondary" | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const spent = headers.get("x-ratelimit-remaining") === "0";
  const named = /rate limit|abuse detection/i.test(text);
  if (status === 403 && !spent && !named && !headers.has("retry-after")) return undefined;
  const secondary = headers.has("retry-after") || /secondary|abuse/i.test(text);
  return spent && !secondary ? "primary" : "secondary";
}

function judge(request: WireRequest, reply: JudgedReply): Verdict | undefined {
  const { status, text } = reply;
  const operation = describe(request).name;
  if (status >= 200 && status < 300) {
    if (request.method === "HEAD" || status === 204) return undefined;
    const expected = successWithout(operation);
    if (expected === undefined ? isJson(text) : status === expected) return undefined;
    return { outcome: "unknown", transient: true, reason: unreadable };
  }
  const limit = limitOf(reply);
  if (limit) {
    const said = retryAfter(reply.headers, () => 0) !== undefined;
    return {
      outcome: "not-applied",
      transient: true,
      retryAfterMs: said ? undefined : unsaidWaitMs,
      reason: limit === "primary" ? "rate limited" : "secondary rate limit",
    };
  }
  // GitHub refuses in JSON: this is a page of something that stands before it, or in its place.
  if (status >= 400 && status < 500 && text.trimStart().startsWith("<")) {
    return { outcome: "not-applied", transient: false, reason: unreadable };
  }
  // Two commits to one branch at once: the branch moved, the file did not.
  if (
    status === 409 &&
    operation.endsWith("/contents/{path}") &&
    /is at .+ but expected/.test(text)
  ) {
    return { outcome: "not-applied", transient: true, reason: "branch moved" };
  }
  return undefined;
}

/** `any`: a few operations succeed with nothing in their body; `judge` insists on JSON elsewhere. */
export const wire: Wire = {
  body: "any",
  describe,
  judge,
  cacheable: (request) => cacheable(request, templateOf(request.url.pathname)),
};
