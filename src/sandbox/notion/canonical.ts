import { type Json, canonical as toText } from "../../core/json.ts";
import {
  type Block,
  type Database,
  type NotionState,
  type Page,
  plainOf,
  type Row,
} from "./state.ts";

/** The workspace as a person sees it: titles, icons, content, databases and rows. */
export function canonical(state: NotionState): Json {
  return state.roots.flatMap((id) => pageOf(state, state.pages[id]));
}

function pageOf(state: NotionState, page: Page | undefined): Row[] {
  if (page === undefined || page.trashed) return [];
  return [
    {
      title: plainOf(page.values.title),
      icon: page.icon,
      cover: page.cover,
      content: childrenOf(state, page.children),
    },
  ];
}

function childrenOf(state: NotionState, ids: readonly string[]): Json[] {
  return ids.flatMap((id): Json[] => {
    const { blocks, pages, databases } = state;
    const block = blocks[id];
    if (block !== undefined) return blockOf(state, block);
    if (pages[id] !== undefined) return pageOf(state, pages[id]).map((page) => ({ page }));
    return databaseOf(state, databases[id]);
  });
}

function blockOf(state: NotionState, { type, body, children, trashed }: Block): Json[] {
  if (trashed) return [];
  const inner = childrenOf(state, children);
  return [{ [type]: body, ...(inner.length === 0 ? {} : { children: inner }) }];
}

function databaseOf(state: NotionState, database: Database | undefined): Json[] {
  if (database === undefined || database.trashed) return [];
  const sources = database.dataSources.map((id): Json => {
    const source = state.dataSources[id];
    if (source === undefined) return null;
    const rows = Object.values(state.pages).filter(
      ({ parent, trashed }) =>
        !trashed && parent.type === "data_source_id" && parent.data_source_id === id,
    );
    return {
      properties: Object.fromEntries(
        source.properties.map(({ name, type, config }) => [name, { [type]: nameless(config) }]),
      ),
      rows: inOrder(
        rows.map((row) => ({
          values: Object.fromEntries(
            source.properties.flatMap(({ id: key, name }) => {
              const value = row.values[key];
              return isEmpty(value) ? [] : [[name, nameless(value as Json)]];
            }),
          ),
          icon: row.icon,
          content: childrenOf(state, row.children),
        })),
      ),
    };
  });
  const { title, description, icon } = database;
  return [
    { database: { title: plainOf(title), description: plainOf(description), icon, sources } },
  ];
}

/** Rows have no order of their own: each view sorts them. */
function inOrder(rows: Json[]): Json[] {
  const text = new Map(rows.map((row) => [row, toText(row)]));
  return rows.sort((a, b) => ((text.get(a) as string) < (text.get(b) as string) ? -1 : 1));
}

/** Without the ids that the service assigned. */
function nameless(value: Json): Json {
  if (Array.isArray(value)) return value.map(nameless);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(
    ([key]) => !["id", "option_ids", "database_id", "data_source_id"].includes(key),
  );
  return Object.fromEntries(entries.map(([key, inner]) => [key, nameless(inner as Json)]));
}

/** A value that was never set and one that was emptied look the same. */
function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false) return true;
  return Array.isArray(value) && value.length === 0;
}
