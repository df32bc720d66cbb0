import * as z from "zod";
import type { Json } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { children, limit, toNew } from "./block-requests.ts";
import { add } from "./blocks.ts";
import { check } from "./check.ts";
import { invalid, notFound } from "./error.ts";
import * as render from "./render.ts";
import { cover, icon, id, stored, storedIcon } from "./rich-text.ts";
import type { DataSource, Page, Parent, Row } from "./state.ts";
import { type Store, uuid } from "./store.ts";
import { setRow, values } from "./values.ts";

const create = once(() =>
  z.strictObject({
    parent: z.union([
      z.strictObject({ type: z.literal("page_id").optional(), page_id: id() }),
      z.strictObject({ type: z.literal("data_source_id").optional(), data_source_id: id() }),
      z.strictObject({ type: z.literal("database_id").optional(), database_id: id() }),
    ]),
    properties: values().optional(),
    icon: icon().nullable().optional(),
    cover: cover().nullable().optional(),
    children: children().optional(),
  }),
);
const update = once(() =>
  z.strictObject({
    properties: values().optional(),
    icon: icon().nullable().optional(),
    cover: cover().nullable().optional(),
    is_locked: z.boolean().optional(),
    in_trash: z.boolean().optional(),
  }),
);
const olderUpdate = once(() => update().extend({ archived: z.boolean().optional() }));

export function createPage(store: Store, body: Json): Row {
  const asked = check(create, body);
  const blocks = (asked.children ?? []).map((it) => toNew(it as Row));
  limit(blocks);
  const { parent, source } = place(store, asked.parent);
  const made: Page = {
    ...store.born(parent),
    shared: true,
    icon: storedIcon(asked.icon),
    cover: storedIcon(asked.cover),
    locked: false,
    values: {},
    children: [],
  };
  setValues(store, made, source, asked.properties ?? {});
  add(store, made, blocks, made.children.length);
  store.state.pages[made.id] = made;
  if (parent.type === "page_id") store.state.pages[parent.page_id]?.children.push(made.id);
  return render.page(store, made);
}

function place(
  store: Store,
  asked: z.infer<ReturnType<typeof create>>["parent"],
): { parent: Parent; source?: DataSource } {
  if ("page_id" in asked) {
    const parent = store.page(asked.page_id);
    if (parent.trashed) notFound("page", asked.page_id);
    return { parent: { type: "page_id", page_id: parent.id } };
  }
  const source =
    "data_source_id" in asked
      ? store.dataSource(asked.data_source_id)
      : only(store, asked.database_id);
  const database = store.above(source);
  if (source.trashed || database === undefined || database.trashed) {
    return notFound("data_source", source.id);
  }
  const parent: Parent = {
    type: "data_source_id",
    data_source_id: source.id,
    database_id: database.id,
  };
  return { parent, source };
}

function only(store: Store, databaseId: string): DataSource {
  const [first, second] = store.database(databaseId).dataSources;
  if (first === undefined || second !== undefined) {
    return invalid("Databases with multiple data sources are not supported in this API version.");
  }
  return store.dataSource(first);
}

function setValues(
  store: Store,
  page: Page,
  source: DataSource | undefined,
  asked: Readonly<Record<string, Row>>,
): void {
  if (source !== undefined) {
    setRow(store, source, page, asked);
    return;
  }
  for (const [name, request] of Object.entries(asked)) {
    if (name !== "title" || request.title === undefined) {
      invalid(`${name} is not a property that exists.`);
    }
    page.values.title = stored(request.title as never);
  }
}

export function updatePage(store: Store, pageId: string, body: Json, version: string): Row {
  const asked = check(version === "2025-09-03" ? olderUpdate : update, body);
  const page = store.page(pageId);
  const trash = asked.in_trash ?? (asked as { archived?: boolean }).archived;
  if (trash !== false) store.alive(page);
  if (trash !== undefined) {
    if (page.parent.type === "workspace") {
      invalid("archiving workspace level pages via API not supported");
    }
    page.trashed = trash;
  }
  setValues(store, page, render.sourceOf(store, page), asked.properties ?? {});
  if (asked.icon !== undefined) page.icon = storedIcon(asked.icon);
  if (asked.cover !== undefined) page.cover = storedIcon(asked.cover);
  if (asked.is_locked !== undefined) page.locked = asked.is_locked;
  store.touch(page);
  return render.page(store, page);
}

export function retrievePage(store: Store, pageId: string): Row {
  uuid(pageId, "page_id");
  return render.page(store, store.page(pageId));
}
