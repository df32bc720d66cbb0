import * as z from "zod";
import { once } from "../../core/once.ts";
import { parseBody } from "./body.ts";
import {
  created,
  type Exchange,
  iso,
  noContent,
  numberAt,
  type Operation,
  ok,
  page,
  timeOf,
} from "./exchange.ts";
import { invalid, notFound } from "./refusal.ts";
import { repositoryUrl, webUrl } from "./repository-view.ts";
import type { Milestone } from "./state.ts";
import { json, nodeId, type ReplyOf, userOf } from "./views.ts";

const resource = "Milestone";
const fields = once(() => ({
  description: z.string().nullable().optional(),
  // GitHub's description has no null here; the service takes it for "no due date".
  due_on: z.string().nullable().optional(),
  state: z.enum(["open", "closed"]).optional(),
}));
const newMilestone = once(() => z.strictObject({ title: z.string(), ...fields() }));
const changedMilestone = once(() => z.strictObject({ title: z.string().optional(), ...fields() }));

export function milestoneView(
  exchange: Exchange,
  milestone: Milestone,
): ReplyOf<"POST /repos/{owner}/{repo}/milestones"> {
  const { repository } = exchange;
  const { id, number, title, description, state, dueOn, createdAt, updatedAt } = milestone;
  const url = `${repositoryUrl(exchange, repository)}/milestones/${number}`;
  const own = repository.issues.filter((issue) => issue.milestone === number);
  const open = own.filter((issue) => issue.state === "open").length;
  return {
    url,
    html_url: `${webUrl(repository)}/milestone/${number}`,
    labels_url: `${url}/labels`,
    id,
    node_id: nodeId("Milestone", id),
    number,
    title,
    description,
    creator: userOf(exchange, milestone.creator),
    open_issues: open,
    closed_issues: own.length - open,
    state,
    created_at: createdAt,
    updated_at: updatedAt,
    due_on: dueOn,
    closed_at: state === "closed" ? updatedAt : null,
  };
}

/** GitHub keeps the day only: midnight in California. */
function dueOf(text: string | null): string | null {
  if (text === null) return null;
  const at = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(at)) {
    throw invalid({ resource, field: "due_on", code: "invalid" });
  }
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(at);
  const midnight = [7, 8]
    .map((hour) => Date.parse(`${day}T0${hour}:00:00Z`))
    .find((ms) => hourIn(ms) === 0);
  return iso(midnight ?? at);
}

const zone = "America/Los_Angeles";

function hourIn(ms: number): number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    hourCycle: "h23",
  });
  return Number(format.format(ms));
}

function check({ repository }: Exchange, title: string | undefined, self?: Milestone): void {
  if (title === undefined) return;
  if (title.trim() === "") throw invalid({ resource, field: "title", code: "missing_field" });
  const other = repository.milestones.find((milestone) => milestone.title === title);
  if (other && other !== self) throw invalid({ resource, field: "title", code: "already_exists" });
}

function known(exchange: Exchange): Milestone {
  const number = numberAt(exchange, "milestone_number");
  const milestone = exchange.repository.milestones.find((other) => other.number === number);
  if (!milestone) throw notFound();
  return milestone;
}

const all = "/repos/{owner}/{repo}/milestones";
const one = `${all}/{milestone_number}`;

export const milestoneOperations: readonly Operation[] = [
  {
    method: "GET",
    template: all,
    permission: "issues=read",
    role: "read",
    handle(exchange) {
      const wanted = exchange.request.query.get("state") ?? "open";
      const found = exchange.repository.milestones.filter(
        ({ state }) => wanted === "all" || state === wanted,
      );
      const { items, headers } = page(exchange, found);
      return ok(json(items.map((milestone) => milestoneView(exchange, milestone))), headers);
    },
  },
  {
    method: "POST",
    template: all,
    permission: "issues=write",
    role: "write",
    handle(exchange) {
      const { repository, context, token, request } = exchange;
      const { title, description, due_on, state = "open" } = parseBody(newMilestone, request.body);
      check(exchange, title);
      const dueOn = dueOf(due_on ?? null);
      const at = timeOf(context);
      repository.lastMilestone += 1;
      const milestone: Milestone = {
        id: context.next(),
        number: repository.lastMilestone,
        title,
        description: description ?? null,
        state,
        dueOn,
        creator: token.login,
        createdAt: at,
        updatedAt: at,
      };
      repository.milestones.push(milestone);
      return created(json(milestoneView(exchange, milestone)));
    },
  },
  {
    method: "GET",
    template: one,
    permission: "issues=read",
    role: "read",
    handle: (exchange) => ok(json(milestoneView(exchange, known(exchange)))),
  },
  {
    method: "PATCH",
    template: one,
    permission: "issues=write",
    role: "write",
    handle(exchange) {
      const milestone = known(exchange);
      const { title, description, due_on, state } = parseBody(
        changedMilestone,
        exchange.request.body,
      );
      check(exchange, title, milestone);
      if (due_on !== undefined) milestone.dueOn = dueOf(due_on);
      if (title !== undefined) milestone.title = title;
      if (description !== undefined) milestone.description = description || null;
      if (state !== undefined) milestone.state = state;
      milestone.updatedAt = timeOf(exchange.context);
      return ok(json(milestoneView(exchange, milestone)));
    },
  },
  {
    method: "DELETE",
    template: one,
    permission: "issues=write",
    role: "write",
    handle(exchange) {
      const { repository } = exchange;
      const { number } = known(exchange);
      repository.milestones = repository.milestones.filter((other) => other.number !== number);
      for (const issue of repository.issues) if (issue.milestone === number) issue.milestone = null;
      return noContent;
    },
  },
];
