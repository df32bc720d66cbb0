import { type Failure, failure, rootFailure } from "../../core/failure.ts";
import type { JudgedReply, Operation, ReplyHeaders } from "../../core/http.ts";
import { isObject } from "../../core/json.ts";
import { retryAfter } from "../../core/verdict.ts";

/** The part of the SDK's errors that testx uses; compared by shape, so that the SDK stays unloaded. */
interface NotionError {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number;
  readonly request_id?: string;
  /** Those of the reply, as the SDK keeps them. */
  readonly headers?: unknown;
  /** The reply as it came. */
  readonly body?: unknown;
}

function isNotionError(error: unknown): error is NotionError {
  return (
    error instanceof Error &&
    "status" in error &&
    typeof error.status === "number" &&
    "code" in error &&
    typeof error.code === "string"
  );
}

/** Not there (any more), not shared, or never a valid id of this account. */
export function isGone(error: unknown): boolean {
  if (!isNotionError(error)) return false;
  if (error.code === "object_not_found" || error.status === 404) return true;
  return error.code === "validation_error" && notSuch.test(error.message);
}

/** "Provided ID … is a page, not a database. Use the retrieve page API instead." */
const notSuch = /valid uuid|\bis an? [\w ]+, not an? /i;

/** Refused because it is in the trash already. */
export function isInTrash(error: unknown): boolean {
  return (
    isNotionError(error) &&
    error.code === "validation_error" &&
    /archived|in.trash|trashed/i.test(error.message)
  );
}

/** By Notion's error code. https://developers.notion.com/reference/status-codes */
const codes: Readonly<Record<string, string>> = {
  unauthorized: "NOTION_TOKEN_INVALID",
  restricted_resource: "NOTION_FORBIDDEN",
  object_not_found: "NOTION_PAGE_NOT_SHARED",
  rate_limited: "NOTION_RATE_LIMITED",
  conflict_error: "NOTION_CONFLICT",
  invalid_json: "NOTION_VALIDATION",
  invalid_request: "NOTION_VALIDATION",
  invalid_request_url: "NOTION_VALIDATION",
  invalid_beta: "NOTION_VALIDATION",
  missing_version: "NOTION_VERSION_REFUSED",
  validation_error: "NOTION_VALIDATION",
  internal_server_error: "NOTION_UNAVAILABLE",
  bad_gateway: "NOTION_UNAVAILABLE",
  service_overload: "NOTION_UNAVAILABLE",
  service_unavailable: "NOTION_UNAVAILABLE",
  database_connection_unavailable: "NOTION_UNAVAILABLE",
  gateway_timeout: "NOTION_UNAVAILABLE",
};

/** Maps whatever the SDK threw to a failure of the catalogue. */
export function classify(error: unknown): Failure {
  const own = rootFailure(error);
  if (own !== undefined) return own;
  if (isNotionError(error)) return fromReply(asSaid(error));
  if (error instanceof SyntaxError) {
    return failure("NOTION_UNREADABLE", "Notion's reply could not be read as JSON.", {
      outcome: "unknown",
      transient: true,
    });
  }
  if (isObject(error) && error.code === "notionhq_client_request_timeout") {
    return failure("NOTION_UNAVAILABLE", "Notion did not answer in time.", {
      outcome: "unknown",
      transient: true,
    });
  }
  if (isObject(error) && error.code === "notionhq_client_invalid_path_parameter") {
    return failure("NOTION_VALIDATION", "An id contains characters that no Notion id has.");
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return failure("NOTION_UNEXPECTED", `The Notion client failed unexpectedly. ${what}`, {
    outcome: "unknown",
  });
}

/** What a reply with an error comes to. */
export function refusal(_: Operation, { status, text }: JudgedReply): Failure {
  const message = "It gave no reason";
  return fromReply(asSaid({ name: "APIResponseError", status, code: unsaid, message, body: text }));
}

const unsaid = "notionhq_client_response_error";

/** With Notion's own words, which the SDK leaves out where it does not know the code. */
function asSaid(error: NotionError): NotionError {
  if (error.code !== unsaid || typeof error.body !== "string") return error;
  const { name, status, headers } = error;
  let body: unknown;
  try {
    body = JSON.parse(error.body);
  } catch {
    return error;
  }
  const { code, message, request_id: id } = isObject(body) ? body : {};
  return {
    ...{ name, status, headers, code: typeof code === "string" ? code : unsaid },
    message: typeof message === "string" ? message : error.message,
    ...(typeof id === "string" ? { request_id: id } : {}),
  };
}

function fromReply(error: NotionError): Failure {
  const { status } = error;
  const large = status === 413 || /too (large|big)|payload.*(size|large)/i.test(error.message);
  const code =
    status < 500 && large
      ? "NOTION_TOO_LARGE"
      : status === 400 && /\bNotion-Version header\b/i.test(error.message)
        ? "NOTION_VERSION_REFUSED"
        : Object.hasOwn(codes, error.code)
          ? (codes[error.code] as string)
          : byStatus(status);
  const unavailable = code === "NOTION_UNAVAILABLE";
  const requestId = error.request_id;
  return failure(code, `Notion answered ${status} (${wordOf(error)}): ${sentence(error.message)}`, {
    outcome: unavailable && status !== 529 ? "unknown" : "not-applied",
    transient: unavailable || code === "NOTION_RATE_LIMITED" || code === "NOTION_CONFLICT",
    status,
    ...(requestId === undefined ? {} : { requestId }),
    ...(code === "NOTION_RATE_LIMITED" ? waitOf(error) : {}),
  });
}

/** How long Notion asks to wait, where it says so. */
function waitOf({ headers }: NotionError): { retryAfterMs?: number } {
  const get = (headers as Partial<ReplyHeaders> | undefined)?.get;
  if (typeof get !== "function") return {};
  const retryAfterMs = retryAfter(headers as ReplyHeaders, Date.now);
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

function byStatus(status: number): string {
  if (status === 401) return "NOTION_TOKEN_INVALID";
  if (status === 403) return "NOTION_FORBIDDEN";
  if (status === 404) return "NOTION_PAGE_NOT_SHARED";
  if (status === 409) return "NOTION_CONFLICT";
  if (status === 429) return "NOTION_RATE_LIMITED";
  return status >= 500 ? "NOTION_UNAVAILABLE" : "NOTION_VALIDATION";
}

function wordOf({ code }: NotionError): string {
  return code === unsaid ? "no word of its own" : code;
}

function sentence(message: string): string {
  const text = message.trim().slice(0, 500);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
