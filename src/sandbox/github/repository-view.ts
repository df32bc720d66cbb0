import type { Exchange } from "./exchange.ts";
import type { Repository } from "./state.ts";
import { nodeId, type ReplyOf, userOf } from "./views.ts";

const parts = {
  archive_url: "{archive_format}{/ref}",
  assignees_url: "assignees{/user}",
  blobs_url: "git/blobs{/sha}",
  branches_url: "branches{/branch}",
  collaborators_url: "collaborators{/collaborator}",
  comments_url: "comments{/number}",
  commits_url: "commits{/sha}",
  compare_url: "compare/{base}...{head}",
  contents_url: "contents/{+path}",
  contributors_url: "contributors",
  deployments_url: "deployments",
  downloads_url: "downloads",
  events_url: "events",
  forks_url: "forks",
  git_commits_url: "git/commits{/sha}",
  git_refs_url: "git/refs{/sha}",
  git_tags_url: "git/tags{/sha}",
  hooks_url: "hooks",
  issue_comment_url: "issues/comments{/number}",
  issue_events_url: "issues/events{/number}",
  issues_url: "issues{/number}",
  keys_url: "keys{/key_id}",
  labels_url: "labels{/name}",
  languages_url: "languages",
  merges_url: "merges",
  milestones_url: "milestones{/number}",
  notifications_url: "notifications{?since,all,participating}",
  pulls_url: "pulls{/number}",
  releases_url: "releases{/id}",
  stargazers_url: "stargazers",
  statuses_url: "statuses/{sha}",
  subscribers_url: "subscribers",
  subscription_url: "subscription",
  tags_url: "tags",
  teams_url: "teams",
  trees_url: "git/trees{/sha}",
} as const;

export function repositoryUrl({ context }: Exchange, { owner, name }: Repository): string {
  return `${context.url}/repos/${owner}/${name}`;
}

/** Where people look: GitHub's web pages, which do not move with the stand-in's port. */
export function webUrl({ owner, name }: Pick<Repository, "owner" | "name">): string {
  return `https://github.com/${owner}/${name}`;
}

export function repositoryView(
  exchange: Exchange,
  repository: Repository,
): ReplyOf<"GET /repos/{owner}/{repo}"> {
  const { owner, name, settings, id, createdAt } = repository;
  const url = repositoryUrl(exchange, repository);
  const html = webUrl(repository);
  const host = new URL(exchange.context.url).hostname;
  const open = repository.issues.filter(({ state }) => state === "open").length;
  const pushed = repository.branches[settings.default_branch]?.commits[0]?.at ?? createdAt;
  const { role } = exchange.token;
  const urls = Object.fromEntries(
    Object.entries(parts).map(([key, part]) => [key, `${url}/${part}`]),
  ) as Record<keyof typeof parts, string>;
  const merging =
    role === "admin" || role === "write"
      ? {
          allow_squash_merge: settings.allow_squash_merge,
          allow_merge_commit: settings.allow_merge_commit,
          allow_rebase_merge: settings.allow_rebase_merge,
          allow_auto_merge: settings.allow_auto_merge,
          allow_update_branch: settings.allow_update_branch,
          delete_branch_on_merge: settings.delete_branch_on_merge,
          squash_merge_commit_title: settings.squash_merge_commit_title,
          squash_merge_commit_message: settings.squash_merge_commit_message,
          merge_commit_title: settings.merge_commit_title,
          merge_commit_message: settings.merge_commit_message,
        }
      : {};
  return {
    id,
    node_id: nodeId("Repository", id),
    name,
    full_name: `${owner}/${name}`,
    owner: userOf(exchange, owner),
    private: settings.visibility !== "public",
    visibility: settings.visibility,
    description: settings.description,
    homepage: settings.homepage,
    fork: false,
    language: null,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    subscribers_count: 0,
    network_count: 0,
    size: 0,
    default_branch: settings.default_branch,
    open_issues: open,
    open_issues_count: open,
    is_template: settings.is_template,
    topics: repository.topics,
    has_issues: settings.has_issues,
    has_projects: settings.has_projects,
    has_wiki: settings.has_wiki,
    has_pages: false,
    has_discussions: false,
    archived: settings.archived,
    disabled: false,
    web_commit_signoff_required: settings.web_commit_signoff_required,
    license: null,
    permissions: {
      admin: role === "admin",
      maintain: role === "admin",
      push: role === "admin" || role === "write",
      triage: role === "admin" || role === "write",
      pull: true,
    },
    pushed_at: pushed,
    created_at: createdAt,
    updated_at: createdAt,
    ...merging,
    ...urls,
    url,
    html_url: html,
    git_url: `git://${host}/${owner}/${name}.git`,
    ssh_url: `git@${host}:${owner}/${name}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    mirror_url: null,
  };
}
