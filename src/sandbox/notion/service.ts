import type { Json } from "../../core/json.ts";
import type {
  Refused,
  SandboxContext,
  SandboxReply,
  SandboxRequest,
  SandboxService,
} from "../../core/stand-in.ts";
import { lasts } from "../lasting.ts";
import {
  appendChildren,
  deleteBlock,
  listChildren,
  retrieveBlock,
  updateBlock,
  type Version,
} from "./blocks.ts";
import { canonical } from "./canonical.ts";
import {
  createDatabase,
  retrieveDatabase,
  retrieveDataSource,
  updateDatabase,
  updateDataSource,
} from "./databases.ts";
import { invalid, NotionError, notFound } from "./error.ts";
import { createPage, retrievePage, updatePage } from "./pages.ts";
import { paginate, paging } from "./paginate.ts";
import { queryDataSource, searchTitles } from "./query.ts";
import * as render from "./render.ts";
import { initial, type NotionState, type Row, sandboxToken, teamPageId } from "./state.ts";
import { Store, uuid } from "./store.ts";

const versions: readonly string[] = ["2025-09-03", "2026-03-11"] satisfies Version[];
const maxBytes = 500 * 1024;

interface Ask {
  readonly id: string;
  readonly body: Json;
  readonly query: URLSearchParams;
  readonly version: Version;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly write: boolean;
  run(store: Store, ask: Ask): Row;
}

function route(method: string, path: string, run: Route["run"], write = method !== "GET"): Route {
  return { method, path: new RegExp(`^/v1/${path.replace(":id", "([^/]+)")}/?$`), write, run };
}

const routes: readonly Route[] = [
  route("GET", "users/me", ({ state, actor }) => self(state, actor)),
  route("GET", "users", ({ state }, { query }) => {
    const { cursor, size } = paging(query);
    const all = Object.values(state.users).map((it) => render.user(state, it));
    return paginate("user", all, cursor, size);
  }),
  route("GET", "users/:id", ({ state }, { id }) => {
    const found = state.users[uuid(id, "user_id")];
    return found === undefined ? notFound("user", id) : render.user(state, found);
  }),
  route("POST", "pages", (store, { body }) => createPage(store, body)),
  route("GET", "pages/:id", (store, { id }) => retrievePage(store, id)),
  route("PATCH", "pages/:id", (store, { id, body, version }) =>
    updatePage(store, id, body, version),
  ),
  route("GET", "blocks/:id/children", (store, { id, query }) => {
    const { cursor, size } = paging(query);
    return listChildren(store, id, cursor, size);
  }),
  route("PATCH", "blocks/:id/children", (store, { id, body, version }) =>
    appendChildren(store, id, body, version),
  ),
  route("GET", "blocks/:id", (store, { id }) => retrieveBlock(store, id)),
  route("PATCH", "blocks/:id", (store, { id, body, version }) =>
    updateBlock(store, id, body, version),
  ),
  route("DELETE", "blocks/:id", (store, { id }) => deleteBlock(store, id)),
  route("POST", "databases", (store, { body }) => createDatabase(store, body)),
  route("GET", "databases/:id", (store, { id }) => retrieveDatabase(store, id)),
  route("PATCH", "databases/:id", (store, { id, body }) => updateDatabase(store, id, body)),
  route("GET", "data_sources/:id", (store, { id }) => retrieveDataSource(store, id)),
  route("PATCH", "data_sources/:id", (store, { id, body }) => updateDataSource(store, id, body)),
  route(
    "POST",
    "data_sources/:id/query",
    (store, { id, body }) => queryDataSource(store, id, body),
    false,
  ),
  route("POST", "search", (store, { body }) => searchTitles(store, body), false),
];

function find({ method, path }: SandboxRequest): Route | undefined {
  return routes.find((it) => it.method === method && it.path.test(path));
}

/** A Notion workspace with one page, "Team", that is shared with the integration. */
export const notion: SandboxService<NotionState> = {
  id: "notion",
  initial,
  isWrite: (request) => find(request)?.write ?? request.method !== "GET",
  canonical,
  refuse: (refused) => refusalOf(refused).reply("5a4d0000-0000-4000-8000-000000000000"),
  environment: (url) => ({
    NOTION_API_URL: url,
    NOTION_TOKEN: sandboxToken,
    NOTION_PARENT_PAGE_ID: teamPageId,
  }),

  handle(request, state, context): SandboxReply {
    const requestId = `5a4d0000-0000-4000-8000-${context.next().toString(16).padStart(12, "0")}`;
    try {
      const body = answer(request, state, context);
      const headers = { "x-notion-request-id": requestId };
      return { status: 200, headers, body: { ...body, request_id: requestId } };
    } catch (error) {
      if (error instanceof NotionError) return error.reply(requestId);
      throw error;
    }
  },
};

function refusalOf({ why, retryAfterSeconds }: Refused): NotionError {
  switch (why) {
    case "revoked":
      return new NotionError(401, "unauthorized", "API token is invalid.");
    case "scope-lost": {
      const message = "Insufficient permissions for this endpoint.";
      return new NotionError(403, "restricted_resource", message);
    }
    case "rate-limited": {
      const message = "You have been rate limited. Please try again in a few minutes.";
      return new NotionError(429, "rate_limited", message, retryAfterSeconds);
    }
  }
}

function answer(request: SandboxRequest, state: NotionState, context: SandboxContext): Row {
  const actor = authorise(request, state);
  const version = versionOf(request);
  throttle(state, context.now());
  const found = find(request);
  if (found === undefined)
    throw new NotionError(400, "invalid_request_url", "Invalid request URL.");
  if (request.body.length > maxBytes) {
    throw new NotionError(413, "validation_error", "Request body too large.");
  }
  const body = parse(request.body);
  if (found.write && state.conflicts > 0) {
    state.conflicts -= 1;
    throw new NotionError(
      409,
      "conflict_error",
      "Conflict occurred while saving. Please try again.",
    );
  }
  const [, id = ""] = found.path.exec(request.path) ?? [];
  const store = new Store(state, context, actor);
  const ask = { id, body, query: request.query, version };
  return found.write ? atomically(state, () => found.run(store, ask)) : found.run(store, ask);
}

/** A refused request leaves everything as it was. */
function atomically<T>(state: NotionState, work: () => T): T {
  const before = structuredClone(state);
  try {
    return work();
  } catch (error) {
    Object.assign(state, before);
    throw error;
  }
}

function authorise({ headers }: SandboxRequest, { tokens, lasting }: NotionState): string {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
  const actor = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (actor === undefined || !lasts(lasting, token))
    throw new NotionError(401, "unauthorized", "API token is invalid.");
  return actor;
}

function versionOf({ headers }: SandboxRequest): Version {
  const version = headers["notion-version"];
  if (version === undefined) {
    throw new NotionError(
      400,
      "missing_version",
      "Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.",
    );
  }
  if (versions.includes(version)) return version as Version;
  return invalid(
    `Notion-Version header failed validation: Notion-Version header should be ${versions.map((it) => `\`"${it}"\``).join(" or ")}, instead was \`"${version}"\`.`,
  );
}

function throttle(state: NotionState, now: number): void {
  if (state.rateLimit === null) return;
  const { requests, seconds } = state.rateLimit;
  const end = state.window.start + seconds * 1000;
  if (now >= end) state.window = { start: now, count: 0 };
  state.window.count += 1;
  if (state.window.count <= requests) return;
  const wait = Math.max(1, Math.ceil((state.window.start + seconds * 1000 - now) / 1000));
  throw new NotionError(
    429,
    "rate_limited",
    "You have been rate limited. Please try again in a few minutes.",
    wait,
  );
}

function parse(text: string): Json {
  if (text === "") return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new NotionError(400, "invalid_json", "Error parsing JSON body.");
  }
}

function self(state: NotionState, actor: string): Row {
  const user = state.users[actor];
  return user === undefined ? notFound("user", actor) : render.user(state, user);
}
