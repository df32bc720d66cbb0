import { type Exchange, type Operation, ok } from "./exchange.ts";
import { notFound, Refusal } from "./refusal.ts";
import type { Account } from "./state.ts";
import { accountOf, json, nodeId, type ReplyOf, userView } from "./views.ts";

const since = "2026-01-01T00:00:00Z";

function profile(exchange: Exchange, account: Account): ReplyOf<"GET /users/{username}"> {
  return {
    ...userView(account, exchange.context),
    name: account.login,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: since,
    updated_at: since,
  };
}

function team(exchange: Exchange): ReplyOf<"GET /orgs/{org}/teams/{team_slug}"> {
  const { state, path, context } = exchange;
  const found = state.teams.find(({ org, slug }) => org === path.org && slug === path.team_slug);
  const owner = found && accountOf(state, found.org);
  if (!found || !owner) throw notFound();
  const api = `${context.url}/organizations/${owner.id}`;
  const html = `${context.url}/orgs/${found.org}`;
  return {
    id: found.id,
    node_id: nodeId("Team", found.id),
    name: found.slug,
    slug: found.slug,
    description: null,
    privacy: "closed",
    permission: "pull",
    url: `${api}/team/${found.id}`,
    html_url: `${html}/teams/${found.slug}`,
    members_url: `${api}/team/${found.id}/members{/member}`,
    repositories_url: `${api}/team/${found.id}/repos`,
    parent: null,
    members_count: 1,
    repos_count: 1,
    created_at: since,
    updated_at: since,
    type: "organization",
    organization: {
      login: owner.login,
      id: owner.id,
      node_id: nodeId("Organization", owner.id),
      url: `${context.url}/orgs/${owner.login}`,
      repos_url: `${context.url}/orgs/${owner.login}/repos`,
      events_url: `${context.url}/orgs/${owner.login}/events`,
      hooks_url: `${context.url}/orgs/${owner.login}/hooks`,
      issues_url: `${context.url}/orgs/${owner.login}/issues`,
      members_url: `${context.url}/orgs/${owner.login}/members{/member}`,
      public_members_url: `${context.url}/orgs/${owner.login}/public_members{/member}`,
      avatar_url: `${context.url}/avatars/${owner.id}`,
      description: null,
      html_url: html,
      has_organization_projects: true,
      has_repository_projects: true,
      public_repos: 0,
      public_gists: 0,
      followers: 0,
      following: 0,
      created_at: since,
      updated_at: since,
      archived_at: null,
      type: "Organization",
    },
  };
}

export const userOperations: readonly Operation[] = [
  {
    method: "GET",
    template: "/user",
    handle(exchange) {
      const { token, state } = exchange;
      const account = accountOf(state, token.login);
      if (account?.type !== "User")
        throw new Refusal(403, "Resource not accessible by integration");
      return ok(json(profile(exchange, account)));
    },
  },
  {
    method: "GET",
    template: "/users/{username}",
    handle(exchange) {
      const account = accountOf(exchange.state, exchange.path.username!);
      if (!account) throw notFound();
      return ok(json(profile(exchange, account)));
    },
  },
  {
    method: "GET",
    template: "/orgs/{org}/teams/{team_slug}",
    permission: "members=read",
    handle: (exchange) => ok(json(team(exchange))),
  },
];
