import * as z from "zod";
import { once } from "../../core/once.ts";
import { parseBody } from "./body.ts";
import {
  created,
  type Exchange,
  noContent,
  numberAt,
  type Operation,
  ok,
  page,
  timeOf,
} from "./exchange.ts";
import { sha256 } from "./git.ts";
import { eventNames } from "./hook-events.ts";
import { invalid, notFound, Refusal } from "./refusal.ts";
import { repositoryUrl } from "./repository-view.ts";
import type { Hook } from "./state.ts";
import { json, type ReplyOf } from "./views.ts";

const resource = "Hook";
const config = once(() =>
  z.strictObject({
    url: z.string().optional(),
    content_type: z.string().optional(),
    secret: z.string().optional(),
    insecure_ssl: z.union([z.string(), z.number()]).optional(),
  }),
);
type Config = z.infer<ReturnType<typeof config>>;
const events = once(() => z.array(z.string()).optional());
const newHook = once(() =>
  z.strictObject({
    name: z.string().optional(),
    config: config().optional(),
    events: events(),
    active: z.boolean().optional(),
  }),
);
const changedHook = once(() =>
  z.strictObject({
    config: config().optional(),
    events: events(),
    add_events: events(),
    remove_events: events(),
    active: z.boolean().optional(),
  }),
);

function configView(hook: Hook): ReplyOf<"GET /repos/{owner}/{repo}/hooks/{hook_id}/config"> {
  return {
    url: hook.url,
    content_type: hook.contentType,
    insecure_ssl: hook.insecureSsl,
    ...(hook.secret === null ? {} : { secret: "********" }),
  };
}

function view(
  exchange: Exchange,
  hook: Hook,
): ReplyOf<"GET /repos/{owner}/{repo}/hooks/{hook_id}"> {
  const url = `${repositoryUrl(exchange, exchange.repository)}/hooks/${hook.id}`;
  return {
    type: "Repository",
    id: hook.id,
    name: "web",
    active: hook.active,
    events: hook.events,
    config: configView(hook),
    created_at: hook.createdAt,
    updated_at: hook.updatedAt,
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: { code: null, status: "unused", message: null },
  };
}

function checkConfig({ url, content_type, insecure_ssl }: Config): void {
  if (url !== undefined) {
    if (!URL.canParse(url) || !/^https?:/.test(url)) {
      throw invalid({ resource, field: "url", code: "custom", message: "url is not a valid URL" });
    }
    const { hostname } = new URL(url);
    if (/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
      const message = `url is not supported because it isn't reachable over the public Internet (${hostname})`;
      throw invalid({ resource, field: "url", code: "custom", message });
    }
  }
  if (content_type !== undefined && content_type !== "json" && content_type !== "form") {
    throw invalid({ resource, field: "content_type", code: "invalid" });
  }
  if (insecure_ssl !== undefined && !["0", "1"].includes(String(insecure_ssl))) {
    throw invalid({ resource, field: "insecure_ssl", code: "invalid" });
  }
}

function checkEvents(names: readonly string[] | undefined): void {
  for (const name of names ?? []) {
    if (name === "*" || eventNames.has(name)) continue;
    throw invalid({
      resource,
      field: "events",
      code: "custom",
      message: `The "${name}" event is not a valid event for this hook`,
    });
  }
}

function secretOf(secret: string | undefined): string | null {
  return secret === undefined || secret === "" ? null : sha256(secret);
}

function create(exchange: Exchange) {
  const { repository, context, request } = exchange;
  const {
    name = "web",
    config: given = {},
    events = ["push"],
    active = true,
  } = parseBody(newHook, request.body);
  if (name !== "web") throw invalid({ resource, field: "name", code: "invalid" });
  if (given.url === undefined) throw invalid({ resource, field: "url", code: "missing_field" });
  checkConfig(given);
  checkEvents(events);
  const same = repository.hooks.some(
    (hook) => hook.url === given.url && hook.events.toSorted().join() === events.toSorted().join(),
  );
  if (same) {
    const error = { resource, code: "custom", message: "Hook already exists on this repository" };
    throw new Refusal(422, "Validation Failed", { errors: [error] });
  }
  const at = timeOf(context);
  const hook: Hook = {
    id: context.next(),
    url: given.url,
    contentType: given.content_type ?? "form",
    insecureSsl: String(given.insecure_ssl ?? "0"),
    secret: secretOf(given.secret),
    events: [...new Set(events)],
    active,
    createdAt: at,
    updatedAt: at,
  };
  repository.hooks.push(hook);
  return created(json(view(exchange, hook)));
}

/** `whole`: the configuration is replaced, and a secret that is not given again is lost. */
function configure(hook: Hook, given: Config, whole: boolean): void {
  if (given.url !== undefined) hook.url = given.url;
  if (given.content_type !== undefined) hook.contentType = given.content_type;
  if (given.insecure_ssl !== undefined) hook.insecureSsl = String(given.insecure_ssl);
  if (given.secret !== undefined || whole) hook.secret = secretOf(given.secret);
}

function known(exchange: Exchange): Hook {
  const id = numberAt(exchange, "hook_id");
  const hook = exchange.repository.hooks.find((other) => other.id === id);
  if (!hook) throw notFound();
  return hook;
}

function update(exchange: Exchange) {
  const hook = known(exchange);
  const body = parseBody(changedHook, exchange.request.body);
  checkConfig(body.config ?? {});
  for (const names of [body.events, body.add_events, body.remove_events]) checkEvents(names);
  if (body.config !== undefined) configure(hook, body.config, true);
  if (body.events !== undefined) hook.events = [...new Set(body.events)];
  const removed = new Set(body.remove_events);
  const added = new Set([...hook.events, ...(body.add_events ?? [])]);
  hook.events = [...added].filter((name) => !removed.has(name));
  if (body.active !== undefined) hook.active = body.active;
  hook.updatedAt = timeOf(exchange.context);
  return ok(json(view(exchange, hook)));
}

const all = "/repos/{owner}/{repo}/hooks";
const one = `${all}/{hook_id}`;
const reading = { permission: "repository_hooks=read", role: "admin" } as const;
const writing = { permission: "repository_hooks=write", role: "admin" } as const;

export const hookOperations: readonly Operation[] = [
  {
    method: "GET",
    template: all,
    ...reading,
    handle(exchange) {
      const { items, headers } = page(exchange, exchange.repository.hooks);
      return ok(json(items.map((hook) => view(exchange, hook))), headers);
    },
  },
  { method: "POST", template: all, ...writing, handle: create },
  {
    method: "GET",
    template: one,
    ...reading,
    handle: (exchange) => ok(json(view(exchange, known(exchange)))),
  },
  { method: "PATCH", template: one, ...writing, handle: update },
  {
    method: "DELETE",
    template: one,
    ...writing,
    handle(exchange) {
      const hook = known(exchange);
      exchange.repository.hooks = exchange.repository.hooks.filter((other) => other !== hook);
      return noContent;
    },
  },
  {
    method: "GET",
    template: `${one}/config`,
    ...reading,
    handle: (exchange) => ok(json(configView(known(exchange)))),
  },
  {
    method: "PATCH",
    template: `${one}/config`,
    ...writing,
    handle(exchange) {
      const hook = known(exchange);
      const given = parseBody(config, exchange.request.body);
      checkConfig(given);
      configure(hook, given, false);
      hook.updatedAt = timeOf(exchange.context);
      return ok(json(configView(hook)));
    },
  },
];
