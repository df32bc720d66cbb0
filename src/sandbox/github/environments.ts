import * as z from "zod";
import { once } from "../../core/once.ts";
import { parseBody } from "./body.ts";
import { type Exchange, noContent, type Operation, ok, page, timeOf } from "./exchange.ts";
import { findEnvironment } from "./holders.ts";
import { invalid, notFound } from "./refusal.ts";
import { repositoryUrl, webUrl } from "./repository-view.ts";
import type { Environment } from "./state.ts";
import { json, nodeId, type ReplyOf, userView } from "./views.ts";

const resource = "Environment";
const environmentBody = once(() =>
  z
    .strictObject({
      wait_timer: z.int(),
      prevent_self_review: z.boolean(),
      reviewers: z
        .array(z.strictObject({ type: z.enum(["User", "Team"]), id: z.int() }))
        .nullable(),
      deployment_branch_policy: z
        .strictObject({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() })
        .nullable(),
    })
    .partial(),
);

type Reply = ReplyOf<"GET /repos/{owner}/{repo}/environments/{environment_name}">;
type Rule = NonNullable<Reply["protection_rules"]>[number];

function rules(exchange: Exchange, environment: Environment): Rule[] {
  const { state, context } = exchange;
  const { id, waitTimer, preventSelfReview, reviewers, branchPolicy } = environment;
  const own = (number: number) => ({
    id: id * 10 + number,
    node_id: nodeId("Gate", id * 10 + number),
  });
  const found: Rule[] = [];
  if (waitTimer > 0) found.push({ ...own(1), type: "wait_timer", wait_timer: waitTimer });
  if (reviewers.length > 0 || preventSelfReview) {
    found.push({
      ...own(2),
      type: "required_reviewers",
      prevent_self_review: preventSelfReview,
      reviewers: reviewers.map(({ type, id }) => {
        const user = state.accounts.find((account) => account.id === id);
        const team = state.teams.find((other) => other.id === id);
        if (type === "User") return { type, reviewer: userView(user!, context) };
        const api = `${context.url}/teams/${id}`;
        return {
          type,
          reviewer: {
            id,
            node_id: nodeId("Team", id),
            name: team!.slug,
            slug: team!.slug,
            description: null,
            permission: "pull",
            url: api,
            html_url: `${context.url}/orgs/${team!.org}/teams/${team!.slug}`,
            members_url: `${api}/members{/member}`,
            repositories_url: `${api}/repos`,
            parent: null,
            type: "organization" as const,
            organization_id: 101,
          },
        };
      }),
    });
  }
  if (branchPolicy) found.push({ ...own(3), type: "branch_policy" });
  return found;
}

function view(exchange: Exchange, environment: Environment): Reply {
  const { repository } = exchange;
  const { id, name, branchPolicy, createdAt, updatedAt } = environment;
  const html = `${webUrl(repository)}/deployments/activity_log`;
  return {
    id,
    node_id: nodeId("Environment", id),
    name,
    url: `${repositoryUrl(exchange, repository)}/environments/${encodeURIComponent(name)}`,
    html_url: `${html}?environments_filter=${encodeURIComponent(name)}`,
    created_at: createdAt,
    updated_at: updatedAt,
    protection_rules: rules(exchange, environment),
    deployment_branch_policy: branchPolicy,
  };
}

function put(exchange: Exchange) {
  const { repository, state, context, path, request } = exchange;
  const body = parseBody(environmentBody, request.body);
  const { wait_timer = 0, prevent_self_review = false, deployment_branch_policy = null } = body;
  const reviewers = body.reviewers ?? [];
  if (wait_timer < 0 || wait_timer > 43_200)
    throw invalid({ resource, field: "wait_timer", code: "invalid" });
  const known = (type: string, id: number): boolean =>
    type === "Team"
      ? state.teams.some((team) => team.id === id)
      : state.accounts.some((account) => account.id === id && account.type === "User");
  if (reviewers.length > 6 || !reviewers.every(({ type, id }) => known(type, id))) {
    throw invalid({ resource, field: "reviewers", code: "invalid" });
  }
  const policy = deployment_branch_policy;
  if (policy && policy.protected_branches === policy.custom_branch_policies) {
    throw invalid({ resource, field: "deployment_branch_policy", code: "invalid" });
  }
  const at = timeOf(context);
  let environment = findEnvironment(exchange);
  if (!environment) {
    environment = {
      id: context.next(),
      name: path.environment_name!,
      waitTimer: 0,
      preventSelfReview: false,
      reviewers: [],
      branchPolicy: null,
      holder: { variables: [], secrets: [] },
      createdAt: at,
      updatedAt: at,
    };
    repository.environments.push(environment);
  }
  Object.assign(environment, {
    waitTimer: wait_timer,
    preventSelfReview: prevent_self_review,
    reviewers,
    branchPolicy: policy,
    updatedAt: at,
  });
  return ok(json(view(exchange, environment)));
}

const all = "/repos/{owner}/{repo}/environments";
const one = `${all}/{environment_name}`;

export const environmentOperations: readonly Operation[] = [
  {
    method: "GET",
    template: all,
    permission: "actions=read",
    role: "read",
    handle(exchange) {
      const { environments } = exchange.repository;
      const { items, headers } = page(exchange, environments);
      const shown = items.map((environment) => view(exchange, environment));
      return ok(json({ total_count: environments.length, environments: shown }), headers);
    },
  },
  {
    method: "GET",
    template: one,
    permission: "actions=read",
    role: "read",
    handle(exchange) {
      const environment = findEnvironment(exchange);
      if (!environment) throw notFound();
      return ok(json(view(exchange, environment)));
    },
  },
  { method: "PUT", template: one, permission: "administration=write", role: "admin", handle: put },
  {
    method: "DELETE",
    template: one,
    permission: "administration=write",
    role: "admin",
    handle(exchange) {
      const environment = findEnvironment(exchange);
      if (!environment) throw notFound();
      const { repository } = exchange;
      repository.environments = repository.environments.filter((other) => other !== environment);
      return noContent;
    },
  },
];
