import type {
  Cacheable,
  JudgedReply,
  Operation,
  Verdict,
  Wire,
  WireRequest,
} from "../../core/http.ts";
import { isObject } from "../../core/json.ts";

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly name: string;
  readonly write: boolean;
  readonly idempotent: boolean;
}

function read(method: string, path: RegExp, name: string): Route {
  return { method, path, name, write: false, idempotent: true };
}

function write(method: string, path: RegExp, name: string, idempotent: boolean): Route {
  return { method, path, name, write: true, idempotent };
}

const id = "[^/]+";
const routes: readonly Route[] = [
  read("GET", /^users\/me$/, "users.me"),
  read("GET", new RegExp(`^users/${id}$`), "users.retrieve"),
  read("GET", /^users$/, "users.list"),
  write("POST", /^pages$/, "pages.create", false),
  read("GET", new RegExp(`^pages/${id}$`), "pages.retrieve"),
  // Sets properties, icon or trash to given values: the second time changes nothing.
  write("PATCH", new RegExp(`^pages/${id}$`), "pages.update", true),
  read("GET", new RegExp(`^blocks/${id}/children$`), "blocks.children.list"),
  write("PATCH", new RegExp(`^blocks/${id}/children$`), "blocks.children.append", false),
  read("GET", new RegExp(`^blocks/${id}$`), "blocks.retrieve"),
  write("PATCH", new RegExp(`^blocks/${id}$`), "blocks.update", true),
  write("DELETE", new RegExp(`^blocks/${id}$`), "blocks.delete", true),
  write("POST", /^databases$/, "databases.create", false),
  read("GET", new RegExp(`^databases/${id}$`), "databases.retrieve"),
  write("PATCH", new RegExp(`^databases/${id}$`), "databases.update", true),
  read("POST", new RegExp(`^data_sources/${id}/query$`), "dataSources.query"),
  read("GET", new RegExp(`^data_sources/${id}$`), "dataSources.retrieve"),
  write("PATCH", new RegExp(`^data_sources/${id}$`), "dataSources.update", true),
  read("POST", /^search$/, "search"),
];

const hour = 3_600_000;
const users: Cacheable = { kind: "users", ttlMs: hour / 2, lookup: true };
const schema: Cacheable = { kind: "schema", ttlMs: hour };
const blocks: Cacheable = { kind: "blocks", ttlMs: hour / 2 };

/** Notion gives no ETags, so what is not a lookup serves only while Notion cannot be asked. */
const kept: ReadonlyMap<string, Cacheable> = new Map([
  ["users.me", { kind: "account", ttlMs: hour / 2, lookup: true }],
  ["users.retrieve", users],
  ["users.list", users],
  ["databases.retrieve", schema],
  ["dataSources.retrieve", schema],
  ["dataSources.query", { kind: "rows", ttlMs: hour / 12 }],
  ["pages.retrieve", { kind: "pages", ttlMs: hour / 2 }],
  ["blocks.retrieve", blocks],
  ["blocks.children.list", blocks],
]);

export const wire: Wire = {
  describe(request): Operation {
    const path = /\/v1\/(.*?)\/?$/.exec(request.url.pathname)?.[1] ?? request.url.pathname;
    const route = routes.find((it) => it.method === request.method && it.path.test(path));
    if (route === undefined) {
      const safe = request.method === "GET" || request.method === "HEAD";
      return { name: `${request.method} ${path}`, write: !safe, idempotent: safe };
    }
    const { name } = route;
    const once = name === "dataSources.update" && movesProperties(request);
    return { name, write: route.write, idempotent: route.idempotent && !once };
  },

  cacheable(request) {
    return kept.get(wire.describe(request).name);
  },

  judge(_, reply: JudgedReply): Verdict | undefined {
    const { status, text } = reply;
    const body = parse(text);
    if (status < 300) {
      if (isObject(body) && typeof body.object === "string" && body.object !== "error") {
        return { outcome: "applied", transient: false };
      }
      return { outcome: "unknown", transient: true, reason: "unreadable reply" };
    }
    if (status < 400) return undefined;
    const reason = reasonOf(body) ?? `HTTP ${status}`;
    if (status === 409 || status === 429 || status === 529) {
      return { outcome: "not-applied", transient: true, reason };
    }
    // A 503 may be a request that ran past Notion's own 60 seconds and still took effect.
    if (status >= 500) return { outcome: "unknown", transient: true, reason };
    if (status === 408 || status === 425) return undefined;
    if (status === 401) {
      return { outcome: "not-applied", transient: false, reason, credential: true };
    }
    return { outcome: "not-applied", transient: false, reason };
  },
};

/** The error's code, and of a rate limit which one it is: `rate_limited (workspace)`. */
function reasonOf(body: unknown): string | undefined {
  if (!isObject(body) || typeof body.code !== "string") return undefined;
  // https://developers.notion.com/reference/request-limits: other values may appear.
  const { rate_limit_reason: limit } = isObject(body.additional_data) ? body.additional_data : {};
  return typeof limit === "string" && /^[\w -]{1,60}$/.test(limit)
    ? `${body.code} (${limit})`
    : body.code;
}

/** Renaming or removing a property fails the second time, because the name is gone. */
function movesProperties({ body }: WireRequest): boolean {
  const sent = parse(body ?? "");
  const properties = isObject(sent) && isObject(sent.properties) ? sent.properties : {};
  return Object.values(properties).some(
    (value) => value === null || (isObject(value) && typeof value.name === "string"),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
