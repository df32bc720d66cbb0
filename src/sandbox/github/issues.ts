import * as z from "zod";
import { once } from "../../core/once.ts";
import { parseBody } from "./body.ts";
import { created, type Exchange, numberAt, type Operation, ok, page, timeOf } from "./exchange.ts";
import { addLabel, findLabel, labelView } from "./labels.ts";
import { milestoneView } from "./milestones.ts";
import { invalid, notFound, Refusal } from "./refusal.ts";
import { repositoryUrl, webUrl } from "./repository-view.ts";
import type { Issue } from "./state.ts";
import { accountOf, json, nodeId, type ReplyOf, userOf } from "./views.ts";

const resource = "Issue";
const label = once(() =>
  z.union([
    z.string(),
    z.strictObject({ id: z.int(), name: z.string(), color: z.string() }).partial(),
  ]),
);
const fields = once(() => ({
  body: z.string().nullable().optional(),
  assignee: z.string().nullable().optional(),
  assignees: z.array(z.string()).optional(),
  labels: z.array(label()).optional(),
  milestone: z.union([z.string(), z.int()]).nullable().optional(),
}));
const newIssue = once(() => z.strictObject({ title: z.union([z.string(), z.int()]), ...fields() }));
const changedIssue = once(() =>
  z.strictObject({
    title: z.union([z.string(), z.int()]).nullable().optional(),
    ...fields(),
    state: z.enum(["open", "closed"]).optional(),
    state_reason: z
      .enum(["completed", "not_planned", "duplicate", "reopened"])
      .nullable()
      .optional(),
  }),
);
type Fields = Pick<z.infer<ReturnType<typeof changedIssue>>, keyof ReturnType<typeof fields>>;

function view(exchange: Exchange, issue: Issue): ReplyOf<"POST /repos/{owner}/{repo}/issues"> {
  const { repository } = exchange;
  const repo = repositoryUrl(exchange, repository);
  const url = `${repo}/issues/${issue.number}`;
  const milestone = repository.milestones.find(({ number }) => number === issue.milestone);
  const assignees = issue.assignees.map((login) => userOf(exchange, login));
  return {
    url,
    repository_url: repo,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${webUrl(repository)}/issues/${issue.number}`,
    id: issue.id,
    node_id: nodeId("Issue", issue.id),
    number: issue.number,
    title: issue.title,
    user: userOf(exchange, issue.user),
    labels: repository.labels
      .filter(({ id }) => issue.labels.includes(id))
      .map((own) => labelView(exchange, own)),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: false,
    active_lock_reason: null,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: milestone ? milestoneView(exchange, milestone) : null,
    comments: 0,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: "MEMBER",
    body: issue.body,
  };
}

/** Checks everything, and only then changes anything. */
function assign(exchange: Exchange, issue: Issue, body: Fields): void {
  const { state, repository } = exchange;
  const assignees =
    body.assignees ??
    (body.assignee === undefined ? undefined : body.assignee === null ? [] : [body.assignee]);
  for (const login of assignees ?? []) {
    const type = accountOf(state, login)?.type;
    if (type === undefined || type === "Organization") {
      throw invalid({ resource, field: "assignees", code: "invalid" });
    }
  }
  if (body.milestone !== undefined && body.milestone !== null) {
    const number = Number(body.milestone);
    if (!repository.milestones.some((milestone) => milestone.number === number)) {
      throw invalid({ resource, field: "milestone", code: "invalid" });
    }
  }
  const names = body.labels?.map((item) => (typeof item === "string" ? item : (item.name ?? "")));
  if (names?.some((name) => name.trim() === "")) {
    throw invalid({ resource: "Label", field: "name", code: "missing_field" });
  }
  if (body.body !== undefined) issue.body = body.body;
  if (assignees) issue.assignees = assignees.map((login) => accountOf(state, login)!.login);
  if (body.milestone !== undefined)
    issue.milestone = body.milestone === null ? null : Number(body.milestone);
  // Somebody without write access may name labels; they are passed over without a word.
  const { role } = exchange.token;
  if (names && (role === "admin" || role === "write")) {
    issue.labels = names.map((name) => (findLabel(exchange, name) ?? addLabel(exchange, name)).id);
  }
}

function titleOf(given: string | number): string {
  const title = String(given);
  if (title.trim() === "") throw invalid({ resource, field: "title", code: "missing_field" });
  if (title.length > 256) {
    throw invalid({
      resource,
      field: "title",
      code: "custom",
      message: "title is too long (maximum is 256 characters)",
    });
  }
  return title;
}

function create(exchange: Exchange) {
  const { repository, context, token, request } = exchange;
  const { title: given, ...rest } = parseBody(newIssue, request.body);
  const title = titleOf(given);
  const at = timeOf(context);
  const issue: Issue = {
    id: context.next(),
    number: repository.lastIssue + 1,
    title,
    body: null,
    state: "open",
    stateReason: null,
    user: token.login,
    labels: [],
    assignees: [],
    milestone: null,
    createdAt: at,
    updatedAt: at,
    closedAt: null,
  };
  assign(exchange, issue, rest);
  repository.lastIssue = issue.number;
  repository.issues.push(issue);
  return created(json(view(exchange, issue)));
}

function update(exchange: Exchange) {
  const issue = known(exchange);
  const { title, state, state_reason, ...rest } = parseBody(changedIssue, exchange.request.body);
  const newTitle = title === undefined || title === null ? issue.title : titleOf(title);
  assign(exchange, issue, rest);
  issue.title = newTitle;
  const at = timeOf(exchange.context);
  if (state !== undefined && state !== issue.state) {
    issue.state = state;
    issue.closedAt = state === "closed" ? at : null;
    issue.stateReason = state === "closed" ? "completed" : "reopened";
  }
  if (state_reason !== undefined && state_reason !== null) issue.stateReason = state_reason;
  issue.updatedAt = at;
  return ok(json(view(exchange, issue)));
}

function known(exchange: Exchange): Issue {
  const number = numberAt(exchange, "issue_number");
  const issue = exchange.repository.issues.find((other) => other.number === number);
  if (!issue) throw notFound();
  return issue;
}

function enabled(exchange: Exchange): void {
  if (exchange.repository.settings.has_issues) return;
  throw new Refusal(410, "Issues has been disabled in this repository.");
}

function list(exchange: Exchange) {
  const { repository, request, state } = exchange;
  const { query } = request;
  const wanted = query.get("state") ?? "open";
  if (!["open", "closed", "all"].includes(wanted))
    throw invalid({ resource, field: "state", code: "invalid" });
  const creator = query.get("creator");
  if (creator !== null && !accountOf(state, creator)) {
    throw invalid({ resource, field: "creator", code: "invalid" });
  }
  const since = Date.parse(query.get("since") ?? "");
  const names = query.get("labels")?.split(",") ?? [];
  const found = repository.issues.filter((issue) => {
    if (wanted !== "all" && issue.state !== wanted) return false;
    if (creator !== null && issue.user.toLowerCase() !== creator.toLowerCase()) return false;
    if (!Number.isNaN(since) && Date.parse(issue.updatedAt) < since) return false;
    return names.every((name) => issue.labels.includes(findLabel(exchange, name)?.id ?? -1));
  });
  if (query.get("direction") !== "asc") found.reverse();
  const { items, headers } = page(exchange, found);
  return ok(json(items.map((issue) => view(exchange, issue))), headers);
}

const all = "/repos/{owner}/{repo}/issues";
const one = `${all}/{issue_number}`;

function guarded(handle: Operation["handle"]): Operation["handle"] {
  return (exchange) => {
    enabled(exchange);
    return handle(exchange);
  };
}

export const issueOperations: readonly Operation[] = [
  { method: "GET", template: all, permission: "issues=read", role: "read", handle: guarded(list) },
  {
    method: "POST",
    template: all,
    permission: "issues=write",
    role: "read",
    handle: guarded(create),
  },
  {
    method: "GET",
    template: one,
    permission: "issues=read",
    role: "read",
    handle: guarded((exchange) => ok(json(view(exchange, known(exchange))))),
  },
  {
    method: "PATCH",
    template: one,
    permission: "issues=write",
    role: "write",
    handle: guarded(update),
  },
];
