import { addCommit, putBlob } from "./git.ts";
import type { GithubState, Label, Repository } from "./state.ts";

const founded = "2026-01-01T00:00:00Z";

/** An organisation with one repository, a bot that administers it, and two people. */
export function initial(): GithubState {
  return {
    accounts: [
      { login: "acme", id: 101, type: "Organization" },
      { login: "testx-bot", id: 102, type: "User" },
      { login: "octocat", id: 103, type: "User" },
      { login: "github-actions[bot]", id: 104, type: "Bot" },
    ],
    teams: [{ org: "acme", slug: "devs", id: 201 }],
    tokens: {
      [tokens.admin]: {
        login: "testx-bot",
        scopes: ["admin:org", "delete_repo", "repo", "user", "workflow"],
        permissions: null,
        role: "admin",
      },
      [tokens.noDeletion]: {
        login: "testx-bot",
        scopes: ["repo"],
        permissions: null,
        role: "admin",
      },
      [tokens.reader]: { login: "octocat", scopes: ["repo"], permissions: null, role: "read" },
      [tokens.stranger]: { login: "octocat", scopes: ["repo"], permissions: null, role: "none" },
      [tokens.issuesOnly]: {
        login: "testx-bot",
        scopes: null,
        permissions: { issues: "write", metadata: "read" },
        role: "admin",
      },
      [tokens.actions]: {
        login: "github-actions[bot]",
        scopes: null,
        permissions: { contents: "write", issues: "write", metadata: "read" },
        role: "write",
      },
    },
    lasting: {},
    apps: {},
    repositories: [firstRepository()],
    moved: { "acme/old-app": 301 },
    rate: { limit: 5000, used: 0, since: 0 },
    throttle: null,
  };
}

/** Tokens that the stand-in knows, by what they may do. */
export const tokens = {
  admin: "ghp_sandbox_admin",
  noDeletion: "ghp_sandbox_without_delete_repo",
  reader: "ghp_sandbox_reader",
  stranger: "ghp_sandbox_stranger",
  issuesOnly: "github_pat_sandbox_issues_only",
  actions: "ghs_sandbox_actions",
};

function firstRepository(): Repository {
  const repository = blankRepository({ id: 301, owner: "acme", name: "app", createdAt: founded });
  repository.labels = defaultLabels(counterFrom(401));
  repository.settings.description = "The app";
  const sha = putBlob(repository, Buffer.from("# app\n").toString("base64"));
  addCommit(repository, "main", "testx-bot", founded, "Initial commit", { "README.md": sha });
  return repository;
}

export function blankRepository(
  parts: Pick<Repository, "id" | "owner" | "name" | "createdAt">,
): Repository {
  return {
    ...parts,
    settings: {
      description: null,
      homepage: null,
      visibility: "private",
      default_branch: "main",
      has_issues: true,
      has_projects: true,
      has_wiki: true,
      is_template: false,
      archived: false,
      allow_squash_merge: true,
      allow_merge_commit: true,
      allow_rebase_merge: true,
      allow_auto_merge: false,
      allow_update_branch: false,
      delete_branch_on_merge: false,
      squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
      squash_merge_commit_message: "COMMIT_MESSAGES",
      merge_commit_title: "MERGE_MESSAGE",
      merge_commit_message: "PR_TITLE",
      web_commit_signoff_required: false,
    },
    topics: [],
    labels: [],
    milestones: [],
    issues: [],
    lastIssue: 0,
    lastMilestone: 0,
    hooks: [],
    holder: { variables: [], secrets: [] },
    environments: [],
    branches: {},
    blobs: {},
  };
}

/** The nine labels that GitHub gives every new repository. */
export function defaultLabels(nextId: () => number): Label[] {
  const made: Label[] = [];
  for (const [name, color, description] of [
    ["bug", "d73a4a", "Something isn't working"],
    ["documentation", "0075ca", "Improvements or additions to documentation"],
    ["duplicate", "cfd3d7", "This issue or pull request already exists"],
    ["enhancement", "a2eeef", "New feature or request"],
    ["good first issue", "7057ff", "Good for newcomers"],
    ["help wanted", "008672", "Extra attention is needed"],
    ["invalid", "e4e669", "This doesn't seem right"],
    ["question", "d876e3", "Further information is requested"],
    ["wontfix", "ffffff", "This will not be worked on"],
  ] as const) {
    made.push({ id: nextId(), name, color, description });
  }
  return made;
}

function counterFrom(first: number): () => number {
  let next = first;
  return () => next++;
}
