import type { Json } from "../../core/json.ts";
import type { GithubState, Holder, Repository } from "./state.ts";

/** What people see: no ids, no numbers, no times, no commits. Closed issues stay visible. */
export function canonicalState(state: GithubState): Json {
  const repositories = state.repositories.map((repository) => [
    `${repository.owner}/${repository.name}`,
    repositoryOf(state, repository),
  ]);
  return { repositories: Object.fromEntries(repositories.sort(byKey)) };
}

function byKey(a: unknown[], b: unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

function repositoryOf(state: GithubState, repository: Repository): Json {
  const labelName = (id: number): string =>
    repository.labels.find((label) => label.id === id)?.name ?? "";
  const milestoneTitle = (number: number | null): string | null =>
    repository.milestones.find((milestone) => milestone.number === number)?.title ?? null;
  const reviewerName = ({ type, id }: { type: string; id: number }): string =>
    type === "User"
      ? (state.accounts.find((account) => account.id === id)?.login ?? "")
      : (state.teams.find((team) => team.id === id)?.slug ?? "");
  return {
    settings: repository.settings,
    topics: [...repository.topics].sort(),
    labels: sorted(
      repository.labels.map(({ name, color, description }) => ({ name, color, description })),
    ),
    milestones: sorted(
      repository.milestones.map(({ title, description, state, dueOn }) => ({
        title,
        description,
        state,
        dueOn,
      })),
    ),
    issues: sorted(
      repository.issues.map((issue) => ({
        title: issue.title,
        body: issue.body,
        state: issue.state,
        user: issue.user,
        labels: issue.labels.map(labelName).sort(),
        assignees: [...issue.assignees].sort(),
        milestone: milestoneTitle(issue.milestone),
      })),
    ),
    webhooks: sorted(
      repository.hooks.map(({ url, contentType, insecureSsl, secret, events, active }) => ({
        url,
        contentType,
        insecureSsl,
        secret,
        events: [...events].sort(),
        active,
      })),
    ),
    ...holderOf(repository.holder),
    environments: sorted(
      repository.environments.map((environment) => ({
        name: environment.name,
        waitTimer: environment.waitTimer,
        preventSelfReview: environment.preventSelfReview,
        reviewers: environment.reviewers.map(reviewerName).sort(),
        branchPolicy: environment.branchPolicy,
        ...holderOf(environment.holder),
      })),
    ),
    files: Object.fromEntries(
      Object.entries(repository.branches)
        .sort(byKey)
        .map(([branch, { files }]) => [
          branch,
          Object.fromEntries(Object.entries(files).sort(byKey)),
        ]),
    ),
  };
}

function holderOf({ variables, secrets }: Holder): { variables: Json; secrets: Json } {
  return {
    variables: sorted(variables.map(({ name, value }) => ({ name, value }))),
    secrets: sorted(secrets.map(({ name, hash }) => ({ name, hash }))),
  };
}

function sorted(items: { [key: string]: Json }[]): Json {
  const texts = items.map((item): [string, Json] => [JSON.stringify(item), item]);
  return texts.sort(byKey).map(([, item]) => item);
}
