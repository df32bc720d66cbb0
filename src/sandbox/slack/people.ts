import type { JsonObject } from "../../core/json.ts";
import { type Method, refuse, type SlackCall, text } from "./call.ts";
import { paginate } from "./paging.ts";
import { shownUser } from "./shown.ts";

function canSeeEmail({ scopes }: SlackCall): boolean {
  return scopes.includes("users:read.email");
}

function identity({ state, me }: SlackCall): JsonObject {
  return {
    url: `https://${state.team.domain}.slack.com/`,
    team: state.team.name,
    user: me.name,
    team_id: state.team.id,
    user_id: me.id,
    ...(me.is_bot ? { bot_id: me.bot_id } : {}),
    is_enterprise_install: false,
  };
}

function list(call: SlackCall): JsonObject {
  const all = Object.values(call.state.users);
  const { items, response_metadata } = paginate(all, call.args, ({ id }) => id, 1000, all.length);
  const members = items.map((user) => shownUser(user, call.state, canSeeEmail(call)));
  return { members, cache_ts: Math.floor(call.context.now() / 1000), response_metadata };
}

function info(call: SlackCall): JsonObject {
  const id = text(call.args, "user");
  const user = Object.hasOwn(call.state.users, id) ? call.state.users[id] : undefined;
  if (user === undefined) return refuse("user_not_found");
  return { user: shownUser(user, call.state, canSeeEmail(call)) };
}

function lookup(call: SlackCall): JsonObject {
  const email = text(call.args, "email").toLowerCase();
  const user = Object.values(call.state.users).find(
    (one) => one.email !== "" && one.email.toLowerCase() === email && !one.deleted,
  );
  if (user === undefined) return refuse("users_not_found");
  return { user: shownUser(user, call.state, true) };
}

function team({ state }: SlackCall): JsonObject {
  const { id, name, domain } = state.team;
  return { team: { id, name, domain, email_domain: "", url: `https://${domain}.slack.com/` } };
}

export const people: Readonly<Record<string, Method>> = {
  "api.test": {
    write: false,
    tier: 100,
    args: { error: "string", foo: "string" },
    scopes: () => [],
    run: ({ args }) => {
      if (text(args, "error") !== "") refuse(text(args, "error"), { args });
      return { args };
    },
  },
  "auth.test": { write: false, tier: 100, args: {}, scopes: () => [], run: identity },
  "team.info": {
    write: false,
    tier: 50,
    args: { domain: "string", team: "string" },
    scopes: () => ["team:read"],
    run: team,
  },
  "users.list": {
    write: false,
    tier: 20,
    args: { cursor: "string", include_locale: "boolean", limit: "integer", team_id: "string" },
    scopes: () => ["users:read"],
    run: list,
  },
  "users.info": {
    write: false,
    tier: 100,
    args: { include_locale: "boolean", user: "string" },
    required: { user: "user_not_found" },
    scopes: () => ["users:read"],
    run: info,
  },
  "users.lookupByEmail": {
    write: false,
    tier: 50,
    args: { email: "string" },
    required: { email: "users_not_found" },
    scopes: () => ["users:read.email"],
    run: lookup,
  },
};
