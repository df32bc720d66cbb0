import * as z from "zod";
import type { Json } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { check } from "./check.ts";
import { invalid, notFound } from "./error.ts";
import { matches } from "./filter.ts";
import { paginate } from "./paginate.ts";
import * as render from "./render.ts";
import { id } from "./rich-text.ts";
import { type DataSource, type Page, plainOf, type Row } from "./state.ts";
import type { Store } from "./store.ts";
import { rowValue } from "./values.ts";

const direction = once(() => z.enum(["ascending", "descending"]));
const query = once(() =>
  z.strictObject({
    filter: z.record(z.string(), z.json()).optional(),
    sorts: z
      .array(
        z.union([
          z.strictObject({ property: z.string(), direction: direction() }),
          z.strictObject({
            timestamp: z.enum(["created_time", "last_edited_time"]),
            direction: direction(),
          }),
        ]),
      )
      .max(100)
      .optional(),
    start_cursor: id().optional(),
    page_size: z.int().min(1).max(100).optional(),
    in_trash: z.boolean().optional(),
    result_type: z.enum(["page", "data_source"]).optional(),
  }),
);
type Sort = NonNullable<z.infer<ReturnType<typeof query>>["sorts"]>[number];

export function queryDataSource(store: Store, sourceId: string, body: Json): Row {
  const asked = check(query, body);
  const source = store.dataSource(sourceId);
  if (source.trashed) return notFound("data_source", sourceId);
  const { filter, sorts = [] } = asked;
  const rows = store
    .rowsOf(source)
    .filter((row) => filter === undefined || matches(source, row, filter as Row));
  for (const sort of [...sorts].reverse()) {
    const sign = sort.direction === "ascending" ? 1 : -1;
    rows.sort((a, b) => sign * compare(sortKey(source, a, sort), sortKey(source, b, sort)));
  }
  const list = rows.map((row) => render.page(store, row));
  return {
    ...paginate("page_or_data_source", list, asked.start_cursor, asked.page_size),
    request_status: { type: "complete" },
  };
}

function sortKey(source: DataSource, row: Page, sort: Sort): string | number {
  if ("timestamp" in sort) return sort.timestamp === "created_time" ? row.createdAt : row.editedAt;
  const property = source.properties.find(
    ({ id, name }) => id === sort.property || name === sort.property,
  );
  if (property === undefined) {
    return invalid(`Could not find sort property with name or id: ${sort.property}`);
  }
  const value = rowValue(property, row);
  if (typeof value === "number" || typeof value === "string") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (Array.isArray(value)) return plainOf(value);
  const { start, name } = (value ?? {}) as Row;
  return String(start ?? name ?? "");
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const search = once(() =>
  z.strictObject({
    query: z.string().optional(),
    filter: z
      .strictObject({ property: z.literal("object"), value: z.enum(["page", "data_source"]) })
      .optional(),
    sort: z
      .strictObject({ timestamp: z.literal("last_edited_time"), direction: direction() })
      .optional(),
    start_cursor: id().optional(),
    page_size: z.int().min(1).max(100).optional(),
  }),
);

/** Newest edit first, by title, only what is shared. */
export function searchTitles(store: Store, body: Json): Row {
  const asked = check(search, body);
  const wanted = (asked.query ?? "").toLowerCase();
  const found: Row[] = [];
  if (asked.filter?.value !== "data_source") {
    for (const page of Object.values(store.state.pages)) {
      if (page.trashed || !visible(() => store.page(page.id))) continue;
      if (render.title(page).toLowerCase().includes(wanted)) {
        found.push(render.page(store, page));
      }
    }
  }
  if (asked.filter?.value !== "page") {
    for (const source of Object.values(store.state.dataSources)) {
      if (source.trashed || !visible(() => store.dataSource(source.id))) continue;
      if (plainOf(source.title).toLowerCase().includes(wanted)) {
        found.push(render.dataSource(store, source));
      }
    }
  }
  const sign = asked.sort?.direction === "ascending" ? 1 : -1;
  found.sort((a, b) => sign * compare(String(a.last_edited_time), String(b.last_edited_time)));
  return {
    ...paginate("page_or_data_source", found, asked.start_cursor, asked.page_size),
    request_status: { type: "complete" },
  };
}

function visible(look: () => unknown): boolean {
  try {
    look();
    return true;
  } catch {
    return false;
  }
}
