import type { Lasting } from "../lasting.ts";

/** The made-up account, as plain JSON. Times are ISO 8601 in whole seconds, as GitHub's are. */
export type GithubState = {
  accounts: Account[];
  teams: Team[];
  tokens: { [token: string]: Token };
  /** How many more calls tokens are good for; then they are revoked. */
  lasting: Lasting;
  /** By id. */
  apps: { [id: string]: App };
  repositories: Repository[];
  /** Names that repositories had: `acme/old` → id. */
  moved: { [fullName: string]: number };
  /** Calls within the hour that began at `since` (ms), over all tokens. */
  rate: { limit: number; used: number; since: number };
  /** The next so many calls are turned away as GitHub's secondary limit does; null: none. */
  throttle: { times: number; status: number; retryAfter: number | null } | null;
};

export type Account = {
  login: string;
  id: number;
  type: "User" | "Organization" | "Bot";
};

export type Team = { org: string; slug: string; id: number };

export type Token = {
  /** Whose it is. */
  login: string;
  /** A classic token's scopes; null: it has permissions instead. */
  scopes: string[] | null;
  /** A fine-grained token's: `{ issues: "write" }`. Those not named it does not have. */
  permissions: { [permission: string]: string } | null;
  /** Its owner's role in every repository. */
  role: Role;
  /** When it expires, in ms since the epoch; left out: never. */
  expires?: number;
};

export type App = {
  /** In PEM format; the stand-in does not know the private one. */
  publicKey: string;
  /** How long its tokens are good for: GitHub's are for 3,600 s. */
  seconds: number;
  /** How many calls each of them is good for; left out: any number. */
  calls?: number;
  installations: {
    [id: string]: { login: string; permissions: { [permission: string]: string }; role: Role };
  };
};
export type Role = "admin" | "write" | "read" | "none";

export type Repository = {
  id: number;
  owner: string;
  name: string;
  settings: Settings;
  topics: string[];
  createdAt: string;
  labels: Label[];
  milestones: Milestone[];
  issues: Issue[];
  /** The last number given to an issue or a milestone. */
  lastIssue: number;
  lastMilestone: number;
  hooks: Hook[];
  holder: Holder;
  environments: Environment[];
  branches: { [branch: string]: Branch };
  /** Every content there ever was, in base64, by Git's name. */
  blobs: { [sha: string]: string };
};

export type Settings = {
  description: string | null;
  homepage: string | null;
  visibility: "public" | "private" | "internal";
  default_branch: string;
  has_issues: boolean;
  has_projects: boolean;
  has_wiki: boolean;
  is_template: boolean;
  archived: boolean;
  allow_squash_merge: boolean;
  allow_merge_commit: boolean;
  allow_rebase_merge: boolean;
  allow_auto_merge: boolean;
  allow_update_branch: boolean;
  delete_branch_on_merge: boolean;
  squash_merge_commit_title: "PR_TITLE" | "COMMIT_OR_PR_TITLE";
  squash_merge_commit_message: "PR_BODY" | "COMMIT_MESSAGES" | "BLANK";
  merge_commit_title: "PR_TITLE" | "MERGE_MESSAGE";
  merge_commit_message: "PR_BODY" | "PR_TITLE" | "BLANK";
  web_commit_signoff_required: boolean;
};

export type Label = { id: number; name: string; color: string; description: string | null };

export type Milestone = {
  id: number;
  number: number;
  title: string;
  description: string | null;
  state: "open" | "closed";
  dueOn: string | null;
  creator: string;
  createdAt: string;
  updatedAt: string;
};

export type Issue = {
  id: number;
  number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: "completed" | "reopened" | "not_planned" | "duplicate" | null;
  user: string;
  /** Ids of labels. */
  labels: number[];
  assignees: string[];
  /** A milestone's number. */
  milestone: number | null;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
};

export type Hook = {
  id: number;
  url: string;
  contentType: string;
  insecureSsl: string;
  /** SHA-256 of the secret; the sandbox keeps no secret. */
  secret: string | null;
  events: string[];
  active: boolean;
  createdAt: string;
  updatedAt: string;
};

/** What holds variables and secrets: a repository or an environment. */
export type Holder = {
  variables: { name: string; value: string; createdAt: string; updatedAt: string }[];
  /** `hash`: SHA-256 of the value. */
  secrets: { name: string; hash: string; createdAt: string; updatedAt: string }[];
};

export type Environment = {
  id: number;
  name: string;
  waitTimer: number;
  preventSelfReview: boolean;
  reviewers: { type: "User" | "Team"; id: number }[];
  branchPolicy: { protected_branches: boolean; custom_branch_policies: boolean } | null;
  holder: Holder;
  createdAt: string;
  updatedAt: string;
};

export type Branch = {
  /** Path → Git's name of the content. */
  files: { [path: string]: string };
  /** Newest first. */
  commits: Commit[];
};

export type Commit = { sha: string; message: string; author: string; at: string };
