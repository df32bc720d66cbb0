import type { Endpoints } from "@octokit/types";
import type { Json } from "../../core/json.ts";
import type { SandboxContext } from "../../core/stand-in.ts";
import type { Exchange } from "./exchange.ts";
import type { Account, GithubState } from "./state.ts";

/** What GitHub sends in answer to an operation: the SDK's own type. */
export type ReplyOf<Route extends keyof Endpoints> = Endpoints[Route]["response"]["data"];

/** A reply of the SDK's type as JSON. */
export function json(value: object): Json {
  return value as unknown as Json;
}

export function nodeId(type: string, id: number): string {
  return Buffer.from(`0${type.length}:${type}${id}`).toString("base64");
}

type SimpleUser = NonNullable<ReplyOf<"GET /repos/{owner}/{repo}/issues/{issue_number}">["user"]>;

export function userView({ login, id, type }: Account, { url }: SandboxContext): SimpleUser {
  const api = `${url}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId("User", id),
    avatar_url: `${url}/avatars/${id}`,
    gravatar_id: "",
    url: api,
    html_url: `${url}/${login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type,
    site_admin: false,
  };
}

export function accountOf(state: GithubState, login: string): Account | undefined {
  return state.accounts.find((account) => account.login.toLowerCase() === login.toLowerCase());
}

/** Of somebody who is no longer there GitHub shows the account `ghost`. */
export function userOf({ state, context }: Exchange, login: string): SimpleUser {
  return userView(accountOf(state, login) ?? { login: "ghost", id: 10137, type: "User" }, context);
}
