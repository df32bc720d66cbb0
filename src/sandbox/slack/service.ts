import type { JsonObject } from "../../core/json.ts";
import type {
  Refused,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
  SandboxService,
} from "../../core/stand-in.ts";
import { lasts } from "../lasting.ts";
import { checked, received } from "./arguments.ts";
import { bookmarks } from "./bookmarks.ts";
import { type Method, Refusal, refuse, type SlackCall } from "./call.ts";
import { canonicalState } from "./canonical.ts";
import { chat } from "./chat.ts";
import { conversations } from "./conversations.ts";
import { history } from "./history.ts";
import { spend } from "./limits.ts";
import { membership } from "./membership.ts";
import { notes } from "./notes.ts";
import { refresh } from "./oauth.ts";
import { people } from "./people.ts";
import { pins } from "./pins.ts";
import { botToken, initial, type SlackState } from "./state.ts";

const methods: Readonly<Record<string, Method>> = {
  ...people,
  ...conversations,
  ...notes,
  ...membership,
  ...chat,
  ...history,
  ...pins,
  ...bookmarks,
};

/** A Slack workspace over its Web API: https://docs.slack.dev/apis/web-api */
export const slack: SandboxService<SlackState> = {
  id: "slack",
  initial,
  handle,
  isWrite: ({ path }) => methodAt(path)?.write ?? true,
  canonical: canonicalState,
  refuse: refusalReply,
  environment: (url) => ({ SLACK_API_URL: `${url}/api/`, SLACK_BOT_TOKEN: botToken }),
};

/** https://docs.slack.dev/reference/methods#errors; limits: https://docs.slack.dev/apis/web-api/rate-limits */
function refusalReply({ why, retryAfterSeconds: seconds }: Refused): SandboxReply {
  if (why === "rate-limited") {
    const headers: Record<string, string> =
      seconds === undefined ? {} : { "retry-after": String(seconds) };
    return { status: 429, headers, body: { ok: false, error: "ratelimited" } };
  }
  const error = why === "revoked" ? "token_revoked" : "missing_scope";
  return { status: 200, body: { ok: false, error } };
}

function nameAt(path: string): string {
  return path.startsWith("/api/") ? path.slice("/api/".length) : "";
}

function methodAt(path: string): Method | undefined {
  const name = nameAt(path);
  return Object.hasOwn(methods, name) ? methods[name] : undefined;
}

function handle(request: SandboxRequest, state: SlackState, context: SandboxContext): SandboxReply {
  if (!request.path.startsWith("/api/")) return { status: 404, body: "<h1>Not found</h1>" };
  const headers: Record<string, string> = {
    "x-slack-req-id": request.headers["x-request-id"] ?? String(context.next()),
  };
  try {
    const body = answer(request, state, context, headers);
    if (typeof body === "number") {
      return {
        status: 429,
        headers: { ...headers, "retry-after": String(body) },
        body: { ok: false, error: "ratelimited" },
      };
    }
    return { status: 200, headers, body: { ok: true, ...body } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: 200, headers, body: { ok: false, error: error.word, ...error.more } };
  }
}

/** What is added to `ok: true`, or the seconds to wait. */
function answer(
  request: SandboxRequest,
  state: SlackState,
  context: SandboxContext,
  headers: Record<string, string>,
): JsonObject | number {
  if (nameAt(request.path) === "oauth.v2.access") return refresh(received(request), state, context);
  const method = methodAt(request.path);
  if (method === undefined) return refuse("unknown_method", { req_method: nameAt(request.path) });
  if (request.method !== "POST" && request.method !== "GET") return refuse("invalid_post_type");
  const given = received(request);
  const who = authenticated(request, given, state, context);
  headers["x-oauth-scopes"] = who.scopes.join(",");
  const wait = spend(nameAt(request.path), method, state, context);
  if (wait !== undefined) return wait;
  const needed = method.scopes(
    given.is_private === "true" ? { ...given, is_private: true } : given,
    state,
  );
  headers["x-accepted-oauth-scopes"] = needed.flat().join(",");
  const missing = needed.filter((one) => ![one].flat().some((scope) => who.scopes.includes(scope)));
  if (missing.length > 0) {
    refuse("missing_scope", {
      needed: missing.map((one) => [one].flat()[0]).join(","),
      provided: who.scopes.join(","),
    });
  }
  return method.run({ args: checked(method, given), state, context, ...who });
}

/** Whose token it is: from the header, or from a form's `token`. */
function authenticated(
  request: SandboxRequest,
  given: JsonObject,
  state: SlackState,
  { now }: SandboxContext,
): Pick<SlackCall, "me" | "scopes"> {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const token = bearer ?? (typeof given.token === "string" ? given.token : undefined);
  if (token === undefined || token === "") return refuse("not_authed");
  const known = Object.hasOwn(state.tokens, token) ? state.tokens[token] : undefined;
  if (known === undefined) return refuse("invalid_auth");
  if (!lasts(state.lasting, token)) known.status = "revoked";
  if (known.expires !== undefined && known.status === "active" && now() >= known.expires) {
    known.status = "expired";
  }
  if (known.status === "revoked") return refuse("token_revoked");
  if (known.status === "expired") return refuse("token_expired");
  const me = state.users[known.user];
  if (me === undefined || me.deleted) return refuse("account_inactive");
  return { me, scopes: known.scopes };
}
