import type { Json } from "../../core/json.ts";
import type { Lasting } from "../lasting.ts";

export type Row = { [key: string]: Json };

export type Parent =
  | { type: "workspace"; workspace: true }
  | { type: "page_id"; page_id: string }
  | { type: "block_id"; block_id: string }
  | { type: "database_id"; database_id: string }
  | { type: "data_source_id"; data_source_id: string; database_id: string };

/** What pages, blocks, databases and data sources have in common. */
export type Thing = {
  id: string;
  parent: Parent;
  createdBy: string;
  /** ISO 8601, full minutes, as Notion rounds them. */
  createdAt: string;
  editedBy: string;
  editedAt: string;
  trashed: boolean;
};

export type Block = Thing & {
  type: string;
  /** As replies have it under the type's name. */
  body: Row;
  children: string[];
};

export type Page = Thing & {
  /** Shared with the integration; what lies below is shared as well. Matters at the top only. */
  shared: boolean;
  icon: Json;
  cover: Json;
  locked: boolean;
  /** By property id, in the form of replies; for a page outside of a database only `title`. */
  values: { [propertyId: string]: Json };
  /** Ids of blocks, pages and databases, in order. */
  children: string[];
};

export type Database = Thing & {
  title: Json[];
  description: Json[];
  inline: boolean;
  icon: Json;
  cover: Json;
  locked: boolean;
  dataSources: string[];
};

export type Property = { id: string; name: string; type: string; config: Row };

export type DataSource = Thing & {
  title: Json[];
  icon: Json;
  properties: Property[];
};

export type User = { id: string; name: string; email: string | null; bot: boolean };

export type NotionState = {
  /** Ids of users by their tokens. */
  tokens: { [token: string]: string };
  /** How many more calls tokens are good for; then they are revoked. */
  lasting: Lasting;
  workspace: { id: string; name: string };
  /** The integration's own user. */
  bot: string;
  users: { [id: string]: User };
  pages: { [id: string]: Page };
  blocks: { [id: string]: Block };
  databases: { [id: string]: Database };
  dataSources: { [id: string]: DataSource };
  /** Top pages of the workspace, in order. */
  roots: string[];
  /** More requests than this within so many seconds get 429; null: no limit. */
  rateLimit: { requests: number; seconds: number } | null;
  window: { start: number; count: number };
  /** So many writes to come are answered with 409. */
  conflicts: number;
};

export const sandboxToken = "ntn_sandbox_0000000000000000000000000000";
/** Speaks for Ada, a person who sees every page. */
export const personToken = "ntn_sandbox_person_000000000000000000000";
/** The page "Team", which is shared with the integration. */
export const teamPageId = "7ea40000-0000-4000-8000-000000000001";
/** A page that exists and is not shared. */
export const privatePageId = "7ea40000-0000-4000-8000-000000000002";
export const botId = "b0700000-0000-4000-8000-000000000001";
export const personId = "9e500000-0000-4000-8000-000000000001";

const start = "2026-01-05T09:00:00.000Z";

export function initial(): NotionState {
  return {
    tokens: { [sandboxToken]: botId, [personToken]: personId },
    lasting: {},
    workspace: { id: "3a5ce000-0000-4000-8000-000000000001", name: "Acme" },
    bot: botId,
    users: {
      [botId]: { id: botId, name: "testx", email: null, bot: true },
      [personId]: { id: personId, name: "Ada Example", email: "ada@example.com", bot: false },
    },
    pages: {
      [teamPageId]: root(teamPageId, "Team", true),
      [privatePageId]: root(privatePageId, "Private", false),
    },
    blocks: {},
    databases: {},
    dataSources: {},
    roots: [teamPageId, privatePageId],
    rateLimit: null,
    window: { start: 0, count: 0 },
    conflicts: 0,
  };
}

function root(id: string, title: string, shared: boolean): Page {
  return {
    id,
    parent: { type: "workspace", workspace: true },
    createdBy: personId,
    createdAt: start,
    editedBy: personId,
    editedAt: start,
    trashed: false,
    shared,
    icon: null,
    cover: null,
    locked: false,
    values: { title: [textItem(title)] },
    children: [],
  };
}

/** Rich text as replies have it. */
export function textItem(content: string, url: string | null = null, on: Row = {}): Row {
  return {
    type: "text",
    text: { content, link: url === null ? null : { url } },
    annotations: {
      bold: false,
      italic: false,
      strikethrough: false,
      underline: false,
      code: false,
      color: "default",
      ...on,
    },
    plain_text: content,
    href: url,
  };
}

export function plainOf(items: Json | undefined): string {
  if (!Array.isArray(items)) return "";
  return items.map((item) => String((item as Row).plain_text ?? "")).join("");
}
