import * as z from "zod";
import { equal } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import type { Call, ResourceKind } from "../../core/provider.ts";
import { lazySchema } from "../../core/schema.ts";
import type { Change, Residue } from "../../core/step.ts";
import { secrets, variables } from "./actions.ts";
import type { Client } from "./client.ts";
import { compare, withChanges } from "./compare.ts";
import { elsewhere, environmentName, nameIn, place, sameName, scope, split } from "./inputs.ts";
import { type Data, type Parameters, send, statusOf } from "./request.ts";
import { environmentData, gone } from "./shared.ts";

const input = once(() =>
  z.strictObject({
    ...place(),
    name: environmentName().describe(
      "The environment's name. GitHub does not tell upper from lower case.",
    ),
    waitTimer: z.int().min(0).max(43_200).optional().describe("Minutes that a deployment waits."),
    reviewers: z
      .array(
        z.string().regex(/^[A-Za-z0-9-]+(\/[A-Za-z0-9._-]+)?$/, "must be a login, or org/team"),
      )
      .max(6)
      .optional()
      .describe("Who may approve deployments: logins, or teams as org/team. Exactly these."),
    preventSelfReview: z
      .boolean()
      .optional()
      .describe("Whoever started a deployment cannot approve it."),
    branches: z
      .enum(["all", "protected"])
      .optional()
      .describe("Which branches may deploy: all, or those with branch protection."),
  }),
);
type Input = z.infer<ReturnType<typeof input>>;

export type EnvironmentState = {
  repository: string;
  id: number;
  name: string;
  /** Minutes. */
  waitTimer: number;
  /** Logins, and teams as `org/team`; sorted. */
  reviewers: string[];
  preventSelfReview: boolean;
  /** `custom`: by patterns, which testx keeps as they are. */
  branches: "all" | "protected" | "custom";
  url: string;
};

export const environment: ResourceKind<Input, EnvironmentState, Client> = {
  kind: "github.environment",
  input: lazySchema(input, "github.environment"),
  secrets: [],
  title: (input) => `environment ${input.name}${elsewhere(input)}`,
  identity: ["repository", "name"],
  fields: [
    "repository",
    "id",
    "url",
    "name",
    "waitTimer",
    "reviewers",
    "preventSelfReview",
    "branches",
  ],
  key: (input) => `${scope(input)}environment ${input.name.toLowerCase()}`,
  scopes: ["administration=write"],

  async read(client, input, call) {
    const repository = nameIn(client, input);
    const found = await environmentData(client, call, repository, input.name);
    return found && stateOf(client, repository, found);
  },

  changes,

  async apply(client, input, now, call) {
    if (now && changes(input, now).length === 0) return now;
    const before = now ?? stateOf(client, nameIn(client, input), { id: 0, name: input.name });
    return put(client, call, before, withChanges(before, changes(input, before)));
  },

  holds: ({ repository, name }, other) =>
    sameName(String(other.repository), repository) && sameName(String(other.environment), name),

  async undo(client, target, now, call) {
    if (target) {
      await gone(put(client, call, now, target));
      return [];
    }
    const others = await contents(client, call, now);
    if (others !== undefined) return [kept(now, others)];
    const at = { ...split(now.repository), environment_name: now.name };
    await gone(
      send(client, call, "DELETE /repos/{owner}/{repo}/environments/{environment_name}", at),
    );
    return [];
  },
};

/**
 * What would go with an environment, and nobody could bring back. Testx's own is undone before.
 * `undefined`: nothing.
 */
async function contents(
  client: Client,
  call: Call,
  { repository, name: environment }: EnvironmentState,
): Promise<string | undefined> {
  const holder = { repository, environment };
  try {
    const held = await Promise.all([
      variables(client, call, holder),
      secrets(client, call, holder),
    ]);
    const names = held.flat().map(({ name }) => name);
    return names.length === 0 ? undefined : `it holds ${names.join(", ")}, which would go with it`;
  } catch (error) {
    if (statusOf(error) !== 403) throw error;
    return "the token may not see whether it holds variables or secrets, which would go with it";
  }
}

function kept({ repository, name, url }: EnvironmentState, why: string): Residue {
  return {
    what: `environment ${name} in ${repository}`,
    why,
    fix: "See to what it holds, then run testx rollback again, or delete it in its settings.",
    url,
    again: true,
  };
}

function changes(input: Input, now: EnvironmentState): Change[] {
  const { waitTimer, preventSelfReview, branches } = input;
  const reviewers = input.reviewers && sorted(input.reviewers);
  const same = equal(reviewers, sorted(now.reviewers));
  return compare(now, {
    waitTimer,
    reviewers: same ? undefined : reviewers,
    preventSelfReview,
    branches,
  });
}

const update = "PUT /repos/{owner}/{repo}/environments/{environment_name}";

/**
 * The PUT replaces every rule, so all that is to hold goes in. A rule that neither was there nor
 * is wanted stays out: plans without protection rules refuse to hear of them.
 */
async function put(
  client: Client,
  call: Call,
  now: EnvironmentState,
  wanted: EnvironmentState,
): Promise<EnvironmentState> {
  const { repository, name, waitTimer, reviewers, preventSelfReview, branches } = wanted;
  const body: Parameters<typeof update> = { ...split(repository), environment_name: name };
  if (waitTimer > 0 || now.waitTimer > 0) body.wait_timer = waitTimer;
  if (preventSelfReview || now.preventSelfReview) body.prevent_self_review = preventSelfReview;
  if (reviewers.length > 0 || now.reviewers.length > 0) {
    body.reviewers = await Promise.all(reviewers.map((person) => reviewer(client, call, person)));
  }
  if (branches !== "all" || now.branches !== "all") {
    body.deployment_branch_policy =
      branches === "all"
        ? null
        : {
            protected_branches: branches === "protected",
            custom_branch_policies: branches === "custom",
          };
  }
  return stateOf(client, repository, await send(client, call, update, body));
}

async function reviewer(
  client: Client,
  call: Call,
  name: string,
): Promise<{ type: "User" | "Team"; id: number }> {
  const [org = "", team_slug] = name.split("/");
  if (team_slug === undefined) {
    const { id } = await send(client, call, "GET /users/{username}", { username: name });
    return { type: "User", id: Number(id) };
  }
  const { id } = await send(client, call, "GET /orgs/{org}/teams/{team_slug}", { org, team_slug });
  return { type: "Team", id: Number(id) };
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))].sort();
}

type Seen = { readonly id: number | bigint; readonly name: string } & Partial<
  Pick<
    Data<"PUT /repos/{owner}/{repo}/environments/{environment_name}">,
    "protection_rules" | "deployment_branch_policy"
  >
>;

function stateOf(client: Client, repository: string, data: Seen): EnvironmentState {
  const owner = split(repository).owner;
  const reviewers: string[] = [];
  let waitTimer = 0;
  let preventSelfReview = false;
  for (const rule of data.protection_rules ?? []) {
    if ("wait_timer" in rule) waitTimer = rule.wait_timer ?? 0;
    if ("prevent_self_review" in rule) preventSelfReview = rule.prevent_self_review ?? false;
    if (!("reviewers" in rule)) continue;
    for (const { reviewer } of rule.reviewers ?? []) {
      if (reviewer)
        reviewers.push("login" in reviewer ? reviewer.login : `${owner}/${reviewer.slug}`);
    }
  }
  const policy = data.deployment_branch_policy;
  return {
    repository,
    id: Number(data.id),
    name: data.name,
    waitTimer,
    reviewers: sorted(reviewers),
    preventSelfReview,
    branches: policy?.protected_branches
      ? "protected"
      : policy?.custom_branch_policies
        ? "custom"
        : "all",
    url: `${client.web}/${repository}/settings/environments/${data.id}/edit`,
  };
}
