import type { JsonObject } from "../../core/json.ts";
import type { SandboxContext } from "../../core/stand-in.ts";
import { refuse } from "./call.ts";
import type { SlackState } from "./state.ts";

/** Slack's own limit: of more than two tokens the oldest are revoked. */
const mostTokens = 2;

/**
 * `oauth.v2.access` for refresh tokens: each is taken once, and for a short time more.
 * https://docs.slack.dev/authentication/using-token-rotation
 */
export function refresh(given: JsonObject, state: SlackState, context: SandboxContext): JsonObject {
  const word = (name: string): string => (typeof given[name] === "string" ? given[name] : "");
  const clientId = word("client_id");
  const app = Object.hasOwn(state.apps, clientId) ? state.apps[clientId] : undefined;
  if (app === undefined) return refuse("invalid_client_id");
  if (word("client_secret") !== app.secret) return refuse("bad_client_secret");
  if (word("grant_type") !== "refresh_token") return refuse("invalid_grant_type");
  const old = word("refresh_token");
  const known = Object.hasOwn(state.refreshTokens, old) ? state.refreshTokens[old] : undefined;
  if (known === undefined || known.app !== clientId) return refuse("invalid_refresh_token");
  const now = context.now();
  if (known.used !== 0 && now >= known.used + app.graceSeconds * 1000) {
    return refuse("invalid_refresh_token");
  }
  if (known.used === 0) known.used = now;
  const mark = `${context.next().toString(36)}${now.toString(36)}`;
  const token = `xoxe.xoxb-1-sandbox-${mark}`;
  const next = `xoxe-1-sandbox-${mark}-refresh`;
  const expires = now + app.seconds * 1000;
  state.tokens[token] = { user: app.user, scopes: app.scopes, status: "active", expires };
  state.refreshTokens[next] = { app: clientId, used: 0 };
  const live = Object.values(state.tokens).filter(
    (one) => one.expires !== undefined && one.user === app.user && one.status === "active",
  );
  for (const one of live.slice(0, -mostTokens)) one.status = "revoked";
  return {
    access_token: token,
    token_type: "bot",
    scope: app.scopes.join(","),
    bot_user_id: app.user,
    app_id: state.users[app.user]?.app_id ?? "",
    expires_in: app.seconds,
    refresh_token: next,
    team: { id: state.team.id, name: state.team.name },
    enterprise: null,
    is_enterprise_install: false,
  };
}
