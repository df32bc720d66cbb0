import * as z from "zod";
import { once } from "../../core/once.ts";
import { parseBody } from "./body.ts";
import { created, type Exchange, noContent, type Operation, ok, page } from "./exchange.ts";
import { invalid, notFound } from "./refusal.ts";
import { repositoryUrl } from "./repository-view.ts";
import type { Label } from "./state.ts";
import { json, nodeId, type ReplyOf } from "./views.ts";

const resource = "Label";
const fields = once(() => ({
  color: z.string().optional(),
  description: z.string().nullable().optional(),
}));
const newLabel = once(() => z.strictObject({ name: z.string(), ...fields() }));
const changedLabel = once(() => z.strictObject({ new_name: z.string().optional(), ...fields() }));
const usual: ReadonlySet<string> = new Set([
  "bug",
  "documentation",
  "duplicate",
  "enhancement",
  "good first issue",
  "help wanted",
  "invalid",
  "question",
  "wontfix",
]);

export function labelView(
  exchange: Exchange,
  { id, name, color, description }: Label,
): ReplyOf<"POST /repos/{owner}/{repo}/labels"> {
  return {
    id,
    node_id: nodeId("Label", id),
    url: `${repositoryUrl(exchange, exchange.repository)}/labels/${encodeURIComponent(name)}`,
    name,
    description,
    color,
    default: usual.has(name),
  };
}

export function findLabel({ repository }: Exchange, name: string): Label | undefined {
  return repository.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
}

function check(
  exchange: Exchange,
  name: string | undefined,
  body: { color?: string | undefined; description?: string | null | undefined },
  self?: Label,
): void {
  if (name !== undefined) {
    if (name.trim() === "") throw invalid({ resource, field: "name", code: "missing_field" });
    if (name.length > 50) throw invalid({ resource, field: "name", code: "invalid" });
    const other = findLabel(exchange, name);
    if (other && other !== self) throw invalid({ resource, field: "name", code: "already_exists" });
  }
  if (body.color !== undefined && !/^[0-9a-fA-F]{6}$/.test(body.color)) {
    throw invalid({ resource, field: "color", code: "invalid" });
  }
  if ((body.description ?? "").length > 100) {
    throw invalid({
      resource,
      field: "description",
      code: "invalid",
      message: "description is too long (maximum is 100 characters)",
    });
  }
}

/** Also what GitHub does by itself when an issue names a label that is not there. */
export function addLabel(
  exchange: Exchange,
  name: string,
  color = "ededed",
  description: string | null = null,
) {
  const label: Label = { id: exchange.context.next(), name, color, description };
  exchange.repository.labels.push(label);
  return label;
}

function known(exchange: Exchange): Label {
  const label = findLabel(exchange, exchange.path.name!);
  if (!label) throw notFound();
  return label;
}

const all = "/repos/{owner}/{repo}/labels";
const one = `${all}/{name}`;

export const labelOperations: readonly Operation[] = [
  {
    method: "GET",
    template: all,
    permission: "issues=read",
    role: "read",
    handle(exchange) {
      const sorted = [...exchange.repository.labels].sort((a, b) => (a.name < b.name ? -1 : 1));
      const { items, headers } = page(exchange, sorted);
      return ok(json(items.map((label) => labelView(exchange, label))), headers);
    },
  },
  {
    method: "POST",
    template: all,
    permission: "issues=write",
    role: "write",
    handle(exchange) {
      const { name, color, description } = parseBody(newLabel, exchange.request.body);
      check(exchange, name, { color, description });
      const label = addLabel(exchange, name, color?.toLowerCase(), description || null);
      return created(json(labelView(exchange, label)));
    },
  },
  {
    method: "GET",
    template: one,
    permission: "issues=read",
    role: "read",
    handle: (exchange) => ok(json(labelView(exchange, known(exchange)))),
  },
  {
    method: "PATCH",
    template: one,
    permission: "issues=write",
    role: "write",
    handle(exchange) {
      const label = known(exchange);
      const { new_name, color, description } = parseBody(changedLabel, exchange.request.body);
      check(exchange, new_name, { color, description }, label);
      if (new_name !== undefined) label.name = new_name;
      if (color !== undefined) label.color = color.toLowerCase();
      if (description !== undefined) label.description = description || null;
      return ok(json(labelView(exchange, label)));
    },
  },
  {
    method: "DELETE",
    template: one,
    permission: "issues=write",
    role: "write",
    handle(exchange) {
      const { repository } = exchange;
      const { id } = known(exchange);
      repository.labels = repository.labels.filter((label) => label.id !== id);
      for (const issue of repository.issues)
        issue.labels = issue.labels.filter((label) => label !== id);
      return noContent;
    },
  },
];
