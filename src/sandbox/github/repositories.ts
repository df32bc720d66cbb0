import * as z from "zod";
import { once } from "../../core/once.ts";
import { parseBody } from "./body.ts";
import { created, type Exchange, noContent, type Operation, ok, page, timeOf } from "./exchange.ts";
import { addCommit, putBlob } from "./git.ts";
import { blankRepository, defaultLabels } from "./initial.ts";
import { invalid, notFound, Refusal } from "./refusal.ts";
import { repositoryUrl, repositoryView, webUrl } from "./repository-view.ts";
import type { Repository, Settings } from "./state.ts";
import { accountOf, json, nodeId, type ReplyOf, userOf } from "./views.ts";

const visibilities = once(() => z.enum(["public", "private", "internal"]));
const settings = once(() => ({
  homepage: z.string(),
  private: z.boolean(),
  has_issues: z.boolean(),
  has_projects: z.boolean(),
  has_wiki: z.boolean(),
  is_template: z.boolean(),
  allow_squash_merge: z.boolean(),
  allow_merge_commit: z.boolean(),
  allow_rebase_merge: z.boolean(),
  allow_auto_merge: z.boolean(),
  delete_branch_on_merge: z.boolean(),
  squash_merge_commit_title: z.enum(["PR_TITLE", "COMMIT_OR_PR_TITLE"]),
  squash_merge_commit_message: z.enum(["PR_BODY", "COMMIT_MESSAGES", "BLANK"]),
  merge_commit_title: z.enum(["PR_TITLE", "MERGE_MESSAGE"]),
  merge_commit_message: z.enum(["PR_BODY", "PR_TITLE", "BLANK"]),
  description: z.string(),
}));
const updateBody = once(() =>
  z
    .strictObject({
      ...settings(),
      visibility: visibilities(),
      name: z.string(),
      default_branch: z.string(),
      archived: z.boolean(),
      allow_forking: z.boolean(),
      allow_update_branch: z.boolean(),
      web_commit_signoff_required: z.boolean(),
    })
    .partial(),
);
const userRepositoryBody = once(() =>
  z
    .strictObject({
      ...settings(),
      has_discussions: z.boolean(),
      has_downloads: z.boolean(),
      team_id: z.int(),
      auto_init: z.boolean(),
      gitignore_template: z.string(),
      license_template: z.string(),
    })
    .partial()
    .extend({ name: z.string() }),
);
const orgRepositoryBody = once(() =>
  userRepositoryBody()
    .omit({ has_discussions: true })
    .extend({
      visibility: visibilities().optional(),
      custom_properties: z.record(z.string(), z.unknown()).optional(),
    }),
);
type Body = z.infer<ReturnType<typeof orgRepositoryBody>> &
  z.infer<ReturnType<typeof userRepositoryBody>>;

/** Every repository of an account. */
function named({ state }: Exchange, owner: string, name: string): Repository | undefined {
  const wanted = `${owner}/${name}`.toLowerCase();
  return state.repositories.find(
    (other) => `${other.owner}/${other.name}`.toLowerCase() === wanted,
  );
}

function create(exchange: Exchange, owner: string, body: Body) {
  const { context, token, state } = exchange;
  const {
    name,
    auto_init,
    private: hidden,
    visibility = hidden ? "private" : "public",
    ...rest
  } = body;
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(name)) {
    throw invalid({ resource: "Repository", field: "name", code: "invalid" });
  }
  if (named(exchange, owner, name)) {
    throw invalid({
      resource: "Repository",
      field: "name",
      code: "custom",
      message: "name already exists on this account",
    });
  }
  const repository = blankRepository({
    id: context.next(),
    owner,
    name,
    createdAt: timeOf(context),
  });
  repository.settings.visibility = visibility;
  assign(repository.settings, rest);
  repository.labels = defaultLabels(() => context.next());
  if (auto_init) {
    const content = Buffer.from(`# ${name}\n`).toString("base64");
    const sha = putBlob(repository, content);
    addCommit(repository, "main", token.login, timeOf(context), "Initial commit", {
      "README.md": sha,
    });
  }
  state.repositories.push(repository);
  return created(json(repositoryView(exchange, repository)));
}

function assign(target: Settings, from: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(from)) {
    if (!Object.hasOwn(target, key) || value === undefined) continue;
    const empty = value === "" && (key === "description" || key === "homepage");
    Object.assign(target, { [key]: empty ? null : value });
  }
}

function update(exchange: Exchange) {
  const { repository, state, request } = exchange;
  const { name, private: hidden, ...body } = parseBody(updateBody, request.body);
  if (repository.settings.archived && body.archived !== false) {
    throw new Refusal(403, "Repository was archived so is read-only.");
  }
  if (body.default_branch !== undefined && !repository.branches[body.default_branch]) {
    throw invalid({
      resource: "Repository",
      field: "default_branch",
      code: "invalid",
      message: `The branch ${body.default_branch} was not found. Please push that ref first or create it via the Git Data API.`,
    });
  }
  if (body.visibility === "internal" && accountOf(state, repository.owner)?.type === "User") {
    throw invalid({ resource: "Repository", field: "visibility", code: "invalid" });
  }
  if (name !== undefined && name !== repository.name) {
    if (named(exchange, repository.owner, name)) {
      throw invalid({ resource: "Repository", field: "name", code: "already_exists" });
    }
    state.moved[`${repository.owner}/${repository.name}`.toLowerCase()] = repository.id;
    repository.name = name;
  }
  if (hidden !== undefined) repository.settings.visibility = hidden ? "private" : "public";
  assign(repository.settings, body);
  return ok(json(repositoryView(exchange, repository)));
}

const topicsBody = once(() => z.strictObject({ names: z.array(z.string()) }));

function setTopics({ repository, request }: Exchange) {
  const { names } = parseBody(topicsBody, request.body);
  if (names.length > 20 || !names.every((name) => /^[a-z0-9][a-z0-9-]{0,49}$/i.test(name))) {
    throw invalid({ resource: "Repository", field: "topics", code: "invalid" });
  }
  repository.topics = [...new Set(names.map((name) => name.toLowerCase()))];
  return ok({ names: repository.topics });
}

function branches(exchange: Exchange) {
  const { repository } = exchange;
  const url = repositoryUrl(exchange, repository);
  const { items, headers } = page(exchange, Object.entries(repository.branches));
  const reply: ReplyOf<"GET /repos/{owner}/{repo}/branches"> = items.map(([name, branch]) => ({
    name,
    commit: { sha: branch.commits[0]!.sha, url: `${url}/commits/${branch.commits[0]!.sha}` },
    protected: false,
  }));
  return ok(json(reply), headers);
}

function commits(exchange: Exchange) {
  const { repository, request } = exchange;
  const branch =
    repository.branches[request.query.get("sha") ?? repository.settings.default_branch];
  if (Object.keys(repository.branches).length === 0)
    throw new Refusal(409, "Git Repository is empty.");
  if (!branch) throw notFound();
  const url = repositoryUrl(exchange, repository);
  const { items, headers } = page(exchange, branch.commits);
  const reply: ReplyOf<"GET /repos/{owner}/{repo}/commits"> = items.map((commit) => {
    const who = { name: commit.author, email: `${commit.author}@example.com`, date: commit.at };
    const user = userOf(exchange, commit.author);
    return {
      sha: commit.sha,
      node_id: nodeId("Commit", repository.id),
      url: `${url}/commits/${commit.sha}`,
      html_url: `${webUrl(repository)}/commit/${commit.sha}`,
      comments_url: `${url}/commits/${commit.sha}/comments`,
      commit: {
        url: `${url}/git/commits/${commit.sha}`,
        author: who,
        committer: who,
        message: commit.message,
        comment_count: 0,
        tree: { sha: commit.sha, url: `${url}/git/trees/${commit.sha}` },
      },
      author: user,
      committer: user,
      parents: [],
    };
  });
  return ok(json(reply), headers);
}

const repo = "/repos/{owner}/{repo}";

export const repositoryOperations: readonly Operation[] = [
  {
    method: "GET",
    template: repo,
    permission: "metadata=read",
    role: "read",
    handle: (exchange) => ok(json(repositoryView(exchange, exchange.repository))),
  },
  {
    method: "PATCH",
    template: repo,
    permission: "administration=write",
    role: "admin",
    handle: update,
  },
  {
    method: "DELETE",
    template: repo,
    permission: "administration=write",
    role: "admin",
    scope: "delete_repo",
    handle({ state, repository }) {
      state.repositories = state.repositories.filter(({ id }) => id !== repository.id);
      return noContent;
    },
  },
  {
    method: "GET",
    template: `${repo}/topics`,
    permission: "metadata=read",
    role: "read",
    handle: ({ repository }) => ok({ names: repository.topics }),
  },
  {
    method: "PUT",
    template: `${repo}/topics`,
    permission: "administration=write",
    role: "admin",
    handle: setTopics,
  },
  {
    method: "GET",
    template: `${repo}/branches`,
    permission: "contents=read",
    role: "read",
    handle: branches,
  },
  {
    method: "GET",
    template: `${repo}/commits`,
    permission: "contents=read",
    role: "read",
    handle: commits,
  },
  {
    method: "POST",
    template: "/orgs/{org}/repos",
    permission: "administration=write",
    scope: "repo",
    handle(exchange) {
      const { state, path, token, request } = exchange;
      const account = accountOf(state, path.org!);
      if (account?.type !== "Organization") throw notFound();
      if (token.role !== "admin") {
        throw new Refusal(
          403,
          "You need admin access to the organization before adding a repository to it.",
        );
      }
      return create(exchange, account.login, parseBody(orgRepositoryBody, request.body));
    },
  },
  {
    method: "POST",
    template: "/user/repos",
    permission: "administration=write",
    scope: "repo",
    handle: (exchange) =>
      create(exchange, exchange.token.login, parseBody(userRepositoryBody, exchange.request.body)),
  },
];
