import * as z from "zod";
import type { Json } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { check } from "./check.ts";
import { notFound } from "./error.ts";
import {
  change,
  changedProperties,
  create as createProperties,
  newProperties,
} from "./properties.ts";
import * as render from "./render.ts";
import { cover, icon, id, richText, stored, storedIcon } from "./rich-text.ts";
import type { Database, DataSource, Row } from "./state.ts";
import type { Store } from "./store.ts";
import { convert } from "./values.ts";

const create = once(() =>
  z.strictObject({
    parent: z.strictObject({ type: z.literal("page_id"), page_id: id() }),
    title: richText().optional(),
    description: richText().optional(),
    is_inline: z.boolean().optional(),
    initial_data_source: z.strictObject({ properties: newProperties().optional() }).optional(),
    icon: icon().optional(),
    cover: cover().optional(),
  }),
);
const update = once(() =>
  z.strictObject({
    parent: z.strictObject({ type: z.literal("page_id"), page_id: id() }).optional(),
    title: richText().optional(),
    description: richText().optional(),
    is_inline: z.boolean().optional(),
    icon: icon().nullable().optional(),
    cover: cover().nullable().optional(),
    in_trash: z.boolean().optional(),
    is_locked: z.boolean().optional(),
  }),
);
const updateSource = once(() =>
  z.strictObject({
    title: richText().optional(),
    icon: icon().nullable().optional(),
    properties: changedProperties().optional(),
    in_trash: z.boolean().optional(),
  }),
);

export function createDatabase(store: Store, body: Json): Row {
  const asked = check(create, body);
  const parent = store.page(asked.parent.page_id);
  if (parent.trashed) notFound("page", asked.parent.page_id);
  const properties = createProperties(
    store,
    (asked.initial_data_source?.properties ?? {}) as Record<string, Row>,
  );
  const title = stored(asked.title);
  const database: Database = {
    ...store.born({ type: "page_id", page_id: parent.id }),
    title,
    description: stored(asked.description),
    inline: asked.is_inline ?? false,
    icon: storedIcon(asked.icon),
    cover: storedIcon(asked.cover),
    locked: false,
    dataSources: [],
  };
  const source: DataSource = {
    ...store.born({ type: "database_id", database_id: database.id }),
    title: structuredClone(title),
    icon: null,
    properties,
  };
  database.dataSources.push(source.id);
  store.state.databases[database.id] = database;
  store.state.dataSources[source.id] = source;
  parent.children.push(database.id);
  return render.database(store, database);
}

export function retrieveDatabase(store: Store, databaseId: string): Row {
  return render.database(store, store.database(databaseId));
}

export function updateDatabase(store: Store, databaseId: string, body: Json): Row {
  const asked = check(update, body);
  const database = store.database(databaseId);
  if (asked.in_trash !== false) store.alive(database);
  if (asked.parent !== undefined) {
    const from = store.above(database);
    const to = store.alive(store.page(asked.parent.page_id));
    if (from !== undefined) {
      const list = store.childrenOf(from);
      list.splice(list.indexOf(database.id), 1);
    }
    to.children.push(database.id);
    database.parent = { type: "page_id", page_id: to.id };
  }
  if (asked.in_trash !== undefined) database.trashed = asked.in_trash;
  if (asked.title !== undefined) database.title = stored(asked.title);
  if (asked.description !== undefined) database.description = stored(asked.description);
  if (asked.is_inline !== undefined) database.inline = asked.is_inline;
  if (asked.icon !== undefined) database.icon = storedIcon(asked.icon);
  if (asked.cover !== undefined) database.cover = storedIcon(asked.cover);
  if (asked.is_locked !== undefined) database.locked = asked.is_locked;
  store.touch(database);
  return render.database(store, database);
}

export function retrieveDataSource(store: Store, sourceId: string): Row {
  return render.dataSource(store, store.dataSource(sourceId));
}

export function updateDataSource(store: Store, sourceId: string, body: Json): Row {
  const asked = check(updateSource, body);
  const source = store.dataSource(sourceId);
  if (asked.in_trash !== false) store.alive(source);
  if (asked.in_trash !== undefined) source.trashed = asked.in_trash;
  if (asked.title !== undefined) source.title = stored(asked.title);
  if (asked.icon !== undefined) source.icon = storedIcon(asked.icon);
  const requests = (asked.properties ?? {}) as Record<string, Row | null>;
  // All or nothing: a refused property must leave the others as they were.
  const properties = structuredClone(source.properties);
  const gone = change(store, properties, requests);
  const before = new Map(source.properties.map(({ id, type }) => [id, type]));
  source.properties = properties;
  for (const row of store.rowsOf(source)) {
    for (const id of gone) delete row.values[id];
    for (const { id, type } of properties) convert(row, id, before.get(id) ?? type, type);
  }
  store.touch(source);
  return render.dataSource(store, source);
}
