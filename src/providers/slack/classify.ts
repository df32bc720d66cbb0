import { type Failure, failure, rootFailure } from "../../core/failure.ts";
import type { JudgedReply, Operation } from "../../core/http.ts";
import { isObject, type JsonObject } from "../../core/json.ts";
import { verdictOn } from "./wire.ts";

/** Slack's words, as https://docs.slack.dev/reference/methods lists them, by code. */
const words: Readonly<Record<string, string>> = {
  SLACK_TOKEN_INVALID: "invalid_auth",
  GATEWAY_TOKEN_LOST: "not_authed",
  SLACK_TOKEN_REVOKED: "account_inactive token_expired token_revoked",
  SLACK_TOKEN_KIND: "not_allowed_token_type user_is_bot",
  SLACK_SCOPE_MISSING: "missing_scope",
  SLACK_NAME_TAKEN: "name_taken",
  SLACK_NAME_INVALID:
    "bad_prefix invalid_name invalid_name_maxlength invalid_name_punctuation " +
    "invalid_name_required invalid_name_specials",
  SLACK_CHANNEL_NOT_FOUND: "channel_not_found",
  SLACK_ARCHIVED: "is_archived",
  SLACK_NOT_IN_CHANNEL: "not_in_channel",
  SLACK_USER_NOT_FOUND: "user_not_found users_not_found user_not_visible user_disabled",
  SLACK_MESSAGE_INVALID:
    "no_text msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format " +
    "invalid_metadata_format invalid_metadata_schema metadata_too_large markdown_text_conflict",
  SLACK_MESSAGE_LOCKED:
    "cant_delete_message cant_update_message edit_window_closed compliance_exports_prevent_deletion",
  SLACK_RESTRICTED:
    "access_denied accesslimited cant_invite enterprise_is_restricted ekm_access_denied " +
    "no_permission not_authorized org_login_required permission_denied restricted_action " +
    "restricted_action_non_threadable_channel restricted_action_read_only_channel " +
    "restricted_action_thread_only_channel team_access_not_granted user_is_restricted " +
    "user_is_ultra_restricted ura_max_channels two_factor_setup_required",
  SLACK_UNSUPPORTED:
    "deprecated_endpoint feature_not_enabled method_deprecated " +
    "method_not_supported_for_channel_type unknown_method",
  SLACK_RATE_LIMITED: "rate_limited ratelimited",
  SLACK_UNAVAILABLE:
    "fatal_error internal_error request_timeout service_unavailable team_added_to_org",
};

const codes = new Map(
  Object.entries(words).flatMap(([code, list]) => list.split(" ").map((word) => [word, code])),
);

/**
 * Maps what the SDK threw to a failure. Errors of the SDK are told by their `code`, so that
 * nothing of it has to be loaded here.
 */
export function classify(error: unknown, method?: string): Failure {
  const known = rootFailure(error);
  if (known !== undefined) return known;
  const thrown = isThrown(error) ? error : {};
  const at = method === undefined ? "the call" : method;
  const details: JsonObject = method === undefined ? {} : { method };
  if (thrown.code === "slack_webapi_platform_error" && isObject(thrown.data)) {
    return platform(thrown.data, at, details);
  }
  if (thrown.code === "slack_webapi_rate_limited_error" || isBareRateLimit(thrown)) {
    return failure("SLACK_RATE_LIMITED", `Slack limits how often testx may call: ${at}.`, {
      transient: true,
      status: 429,
      details: { ...details, error: "ratelimited" },
      ...(typeof thrown.retryAfter === "number" ? { retryAfterMs: thrown.retryAfter * 1000 } : {}),
    });
  }
  if (thrown.code === "slack_webapi_http_error" && typeof thrown.statusCode === "number") {
    return http(thrown.statusCode, at, details);
  }
  if (thrown.code === "slack_webapi_request_error") {
    return failure(
      "SLACK_UNAVAILABLE",
      `Slack gave no answer to ${at}: ${plain(thrown.message)}.`,
      {
        outcome: "unknown",
        transient: true,
        details,
      },
    );
  }
  return failure(
    "SLACK_UNEXPECTED",
    `${at} ended with an error testx does not know: ${plain(thrown.message)}.`,
    {
      outcome: "unknown",
      details,
    },
  );
}

/** What an answer with `ok: false` comes to. */
export function refusal({ name }: Operation, { status, text }: JudgedReply): Failure {
  const data = parse(text);
  return data === undefined
    ? http(status, name, { method: name })
    : platform(data, name, { method: name });
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && typeof value.error === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function platform(data: Record<string, unknown>, at: string, details: JsonObject): Failure {
  const raw = typeof data.error === "string" ? data.error : "unknown_error";
  // The SDK puts a body that is not JSON in place of the word.
  if (!/^[a-z0-9_.:-]{1,100}$/i.test(raw)) {
    return failure("SLACK_GARBLED", `Slack's answer to ${at} is not readable.`, {
      outcome: "unknown",
      transient: true,
      details,
    });
  }
  const { outcome, transient } = verdictOn(raw);
  const metadata = isObject(data.response_metadata) ? data.response_metadata : {};
  const facts: JsonObject = { ...details, error: raw };
  for (const name of ["needed", "provided"]) {
    const value = data[name];
    if (typeof value === "string") facts[name] = value;
  }
  const hints = Array.isArray(metadata.messages)
    ? metadata.messages.filter((hint) => typeof hint === "string").map(plain)
    : [];
  if (hints.length > 0) facts.hints = hints;
  // https://docs.slack.dev/enterprise/organization-ready-apps: of several workspaces, which one.
  const isForMany = raw === "missing_argument" && hints.some((hint) => /\bteam_id\b/.test(hint));
  const code = isForMany ? "SLACK_TOKEN_KIND" : (codes.get(raw) ?? "SLACK_REFUSED");
  const retryAfter = metadata.retryAfter;
  return failure(code, sentence(code, raw, at, facts, hints), {
    outcome,
    transient,
    details: facts,
    ...(typeof retryAfter === "number" ? { retryAfterMs: retryAfter * 1000 } : {}),
  });
}

function sentence(
  code: string,
  word: string,
  at: string,
  facts: JsonObject,
  hints: readonly string[],
): string {
  if (code === "SLACK_SCOPE_MISSING") {
    const has = facts.provided === undefined ? "" : `; it has ${facts.provided}`;
    return `The Slack token lacks the scope ${facts.needed ?? "that is needed"} for ${at}${has}.`;
  }
  if (code === "SLACK_TOKEN_KIND" && word === "missing_argument") {
    return `The Slack token is for a whole organization: ${at} wants to know in which workspace.`;
  }
  const more = hints.length === 0 ? "" : ` (${hints.join("; ")})`;
  return `Slack refused ${at}: ${word}${more}.`;
}

function http(status: number, at: string, details: JsonObject): Failure {
  // Slack itself says unknown_method; other servers have only HTTP's way to say so.
  if (status === 404 || status === 405 || status === 501) {
    return failure("SLACK_UNSUPPORTED", `The server has no ${at}: it answered ${status}.`, {
      status,
      details: { ...details, error: "unknown_method" },
    });
  }
  if (status >= 500) {
    const message = `Slack answered ${at} with status ${status}.`;
    return failure("SLACK_UNAVAILABLE", message, {
      outcome: "unknown",
      transient: true,
      status,
      details,
    });
  }
  return failure("SLACK_REFUSED", `Slack refused ${at} with status ${status}.`, {
    status,
    details,
  });
}

interface Thrown {
  readonly code?: unknown;
  readonly data?: unknown;
  readonly message?: unknown;
  readonly retryAfter?: unknown;
  readonly statusCode?: unknown;
}

function isThrown(error: unknown): error is Thrown {
  return typeof error === "object" && error !== null;
}

/** The SDK has no class for a 429 without Retry-After. */
function isBareRateLimit(thrown: Thrown): boolean {
  return thrown.code === undefined && String(thrown.message).startsWith("Retry header did not");
}

/** Without anything that looks like a token, and short. */
function plain(message: unknown): string {
  return String(message ?? "no reason given")
    .replace(/\bx(?:ox|app)[a-z]?(?:\.xox[a-z])?-[\w-]+/gi, "[token]")
    .replace(/\.$/, "")
    .slice(0, 300);
}
