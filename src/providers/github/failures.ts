import { type Failure, failure, rootFailure } from "../../core/failure.ts";
import type { JudgedReply, Operation } from "../../core/http.ts";
import { isObject, type JsonObject } from "../../core/json.ts";
import { RecordHeaders } from "../../core/reply.ts";
import { spelledWait } from "../../core/spelled.ts";
import { retryAfter } from "../../core/verdict.ts";
import { limitOf, unsaidWaitMs } from "./wire.ts";

/** What the SDK's error tells about a reply. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

/**
 * Maps what octokit threw. It stamps status 500 on network errors and aborts, so that only
 * `response` tells whether GitHub answered. The request, which may hold secrets, is left out.
 */
export function classify(error: unknown): Failure {
  const known = rootFailure(error);
  if (known) return known;
  if (!isError(error)) return unexpected("something that is not an error");
  if (error.name === "AbortError" || error.name === "TimeoutError") {
    return failure("GITHUB_UNAVAILABLE", "The call to GitHub was stopped before an answer came.", {
      outcome: "unknown",
    });
  }
  if (error.name !== "HttpError") return unexpected(error.name);
  const { request, response } = error as HttpError;
  const operation = request ? `${request.method} ${pathOf(request.url)}` : "a call";
  if (response) return failureOfReply(operation, response);
  return failure("GITHUB_UNAVAILABLE", `No answer from GitHub to ${operation}.`, {
    outcome: "unknown",
    transient: true,
  });
}

/** The failure that a reply stands for; `operation` is `GET /repos/acme/app`. */
export function failureOfReply(operation: string, reply: ErrorReply): Failure {
  const { status } = reply;
  const parts = { status, ...requestId(reply), ...details(operation, reply) };
  const said = messageOf(reply.data);
  const saying = said === "" ? "" : `: ${said}`;
  const whole = judged(reply);
  const limit = limitOf(whole);
  if (limit) {
    const code = limit === "primary" ? "GITHUB_RATE_LIMITED" : "GITHUB_SECONDARY_LIMIT";
    const retryAfterMs = retryAfter(whole.headers, Date.now) ?? unsaidWaitMs;
    const wait = spelledWait(retryAfterMs, Date.now());
    return failure(code, `GitHub takes no more calls for now; it asks to wait ${wait}.`, {
      ...parts,
      transient: true,
      retryAfterMs,
    });
  }
  const code = codeOf(operation, status, said, reply);
  const unavailable = code === "GITHUB_UNAVAILABLE";
  return failure(code, `GitHub answered ${status} to ${operation}${saying}${hint(code, reply)}`, {
    ...parts,
    ...(unavailable ? { outcome: "unknown", transient: true } : {}),
  });
}

/** As `failureOfReply`, for a reply that no SDK has seen. */
export function refusal({ name }: Operation, { status, headers, text }: JudgedReply): Failure {
  let data: unknown = text;
  try {
    data = JSON.parse(text);
  } catch {
    // As it came.
  }
  return failureOfReply(name, { status, headers: Object.fromEntries(headers), data });
}

function codeOf(operation: string, status: number, said: string, reply: ErrorReply): string {
  // Nobody has asked whether anything is new: something on the way remembers other calls.
  if (status === 304) return "GITHUB_UNREADABLE";
  if (status < 400) return "GITHUB_MOVED";
  if (status >= 500 || status === 408) return "GITHUB_UNAVAILABLE";
  switch (status) {
    case 401:
      // What it says to a call that carries no token at all.
      return /^requires authentication/i.test(said) ? "GATEWAY_TOKEN_LOST" : "GITHUB_TOKEN_INVALID";
    case 403:
      if (/archived/i.test(said)) return "GITHUB_ARCHIVED";
      if (/suspended|ip allow list|access blocked/i.test(said)) return "GITHUB_REFUSED";
      return reply.headers["x-github-sso"] === undefined
        ? "GITHUB_FORBIDDEN"
        : "GITHUB_SSO_REQUIRED";
    case 404:
      return ofRepository.test(operation) ? "GITHUB_REPOSITORY_NOT_FOUND" : "GITHUB_NOT_FOUND";
    case 409:
      return "GITHUB_CONFLICT";
    case 410:
      return "GITHUB_GONE";
    case 400:
      if (/not a supported version of the REST API/i.test(said)) return "GITHUB_VERSION_REFUSED";
      return taken.test(said) ? "GITHUB_CONFLICT" : "GITHUB_VALIDATION";
    case 422:
      return taken.test(said) ? "GITHUB_CONFLICT" : "GITHUB_VALIDATION";
    default:
      return "GITHUB_REFUSED";
  }
}

/** A repository itself, or a collection in it: a 404 is then about the repository, or the access to it. */
const ofRepository =
  /^\S+ (\/\S*?)?\/repos\/[^/\s]+\/[^/\s]+(\/(topics|labels|milestones|hooks|issues|environments|actions\/(variables|secrets)))?$/;
/** Somebody was faster: the thing exists, or the file's version is not the one that was named. */
const taken = /already[_ ]exists|"sha" wasn't supplied/i;

function hint(code: string, { headers, data }: ErrorReply): string {
  if (code === "GITHUB_SSO_REQUIRED") {
    const [, at] = /\burl=(https?:\/\/[^\s;,]+)/.exec(String(headers["x-github-sso"])) ?? [];
    return at === undefined ? "" : ` It is authorized at ${at}`;
  }
  if (code !== "GITHUB_FORBIDDEN") return "";
  // So it is called whether it is an App's or that of a workflow, which no setting gives more.
  const own = /not accessible by integration/i.test(messageOf(data))
    ? " A workflow's own token never has what variables, secrets and webhooks need: take one of a GitHub App or of a person."
    : "";
  const permissions = headers["x-accepted-github-permissions"];
  const scopes = headers["x-accepted-oauth-scopes"];
  if (permissions)
    return ` (it needs the permission ${String(permissions).replaceAll("; ", " or ")})${own && `.${own}`}`;
  if (scopes) return ` (it needs one of the scopes ${scopes})`;
  return own && `.${own}`;
}

/** GitHub's message with each of its `errors[]` spelled out; the values sent are never repeated. */
function messageOf(data: unknown): string {
  if (!isObject(data) || typeof data.message !== "string") return "";
  const message = data.message.replace(/\s+/g, " ").trim().slice(0, 500);
  const errors = Array.isArray(data.errors) ? data.errors.map(problem).filter(Boolean) : [];
  return errors.length === 0 ? message : `${message} (${errors.join("; ")})`;
}

function problem(error: unknown): string {
  if (typeof error === "string") return error.slice(0, 200);
  if (!isObject(error)) return "";
  const what = [error.resource, error.field].filter((part) => typeof part === "string").join(".");
  const why = typeof error.message === "string" ? error.message : error.code;
  return `${what} ${typeof why === "string" ? why.slice(0, 200) : ""}`.trim();
}

function details(operation: string, { headers, data }: ErrorReply): { details: JsonObject } {
  const facts: JsonObject = { operation };
  const named = {
    acceptedPermissions: headers["x-accepted-github-permissions"],
    acceptedScopes: headers["x-accepted-oauth-scopes"],
    scopes: headers["x-oauth-scopes"],
    documentation: isObject(data) ? data.documentation_url : undefined,
  };
  for (const [name, value] of Object.entries(named)) {
    if (typeof value === "string" && value !== "") facts[name] = value;
  }
  return { details: facts };
}

function requestId({ headers }: ErrorReply): { requestId?: string } {
  const id = headers["x-github-request-id"];
  return id === undefined ? {} : { requestId: String(id) };
}

function judged({ status, headers, data }: ErrorReply) {
  const texts = Object.entries(headers).map(([name, value]) => [name, value?.toString()]);
  const text = typeof data === "string" ? data : (JSON.stringify(data) ?? "");
  return { status, headers: new RecordHeaders(Object.fromEntries(texts)), text };
}

function unexpected(name: string): Failure {
  return failure("GITHUB_UNEXPECTED", `The GitHub SDK failed in an unexpected way (${name}).`, {
    outcome: "unknown",
  });
}

interface HttpError extends Error {
  readonly request?: { readonly method: string; readonly url: string };
  readonly response?: ErrorReply;
}

function isError(error: unknown): error is Error {
  return error instanceof Error || (isObject(error) && typeof error.name === "string");
}

function pathOf(url: string): string {
  try {
    return new URL(url).pathname;
  } catch {
    return "GitHub";
  }
}
