import type { Json } from "../../core/json.ts";
import * as properties from "./properties.ts";
import {
  type Block,
  type Database,
  type DataSource,
  type Page,
  plainOf,
  type Row,
  type Thing,
  type User,
} from "./state.ts";
import type { Store } from "./store.ts";
import * as values from "./values.ts";

export function user(state: Store["state"], { id, name, email, bot }: User): Row {
  const common = { object: "user", id, name, avatar_url: null };
  if (!bot) return { ...common, type: "person", person: email === null ? {} : { email } };
  const { workspace } = state;
  return {
    ...common,
    type: "bot",
    bot: {
      owner: { type: "workspace", workspace: true },
      workspace_id: workspace.id,
      workspace_name: workspace.name,
      workspace_limits: { max_file_upload_size_in_bytes: 5_242_880 },
    },
  };
}

function common(thing: Thing): Row {
  return {
    id: thing.id,
    created_time: thing.createdAt,
    created_by: { object: "user", id: thing.createdBy },
    last_edited_time: thing.editedAt,
    last_edited_by: { object: "user", id: thing.editedBy },
    // Both names, so that replies fit the types of every version.
    in_trash: thing.trashed,
    archived: thing.trashed,
  };
}

export function page(store: Store, it: Page): Row {
  return {
    object: "page",
    ...common(it),
    is_archived: false,
    is_locked: it.locked,
    url: address(title(it), it.id),
    public_url: null,
    parent: it.parent,
    icon: it.icon,
    cover: it.cover,
    properties: valuesOf(store, it),
  };
}

function valuesOf(store: Store, it: Page): Row {
  const source = sourceOf(store, it);
  if (source !== undefined) return values.toResponse(source, it);
  return { title: { id: "title", type: "title", title: it.values.title ?? [] } };
}

export function sourceOf(store: Store, { parent }: Page): DataSource | undefined {
  return parent.type === "data_source_id"
    ? store.state.dataSources[parent.data_source_id]
    : undefined;
}

export function title(it: Page): string {
  return plainOf(it.values.title);
}

function address(name: string, id: string): string {
  const slug = name
    .normalize("NFD")
    .replace(/[^\w]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `https://www.notion.so/${slug === "" ? "" : `${slug}-`}${id.replaceAll("-", "")}`;
}

/** A block; a page or database as the block that stands for it in its parent. */
export function block(store: Store, it: Block | Page | Database): Row {
  const type = "type" in it ? it.type : "values" in it ? "child_page" : "child_database";
  return {
    object: "block",
    ...common(it),
    parent: it.parent,
    has_children: "children" in it && shown(store, it.children).length > 0,
    type,
    [type]: bodyOf(it),
  };
}

function bodyOf(it: Block | Page | Database): Json {
  if ("type" in it) return it.body;
  return { title: "values" in it ? title(it) : plainOf(it.title) };
}

/** Children that are not in the trash. */
export function shown(store: Store, ids: readonly string[]): (Block | Page | Database)[] {
  const { blocks, pages, databases } = store.state;
  return ids.flatMap((id) => {
    const child = blocks[id] ?? pages[id] ?? databases[id];
    return child === undefined || child.trashed ? [] : [child];
  });
}

export function database(store: Store, it: Database): Row {
  const { created_by: _c, last_edited_by: _e, ...shared } = common(it);
  return {
    object: "database",
    ...shared,
    title: it.title,
    description: it.description,
    parent: it.parent,
    is_inline: it.inline,
    is_locked: it.locked,
    data_sources: it.dataSources.map((id) => ({
      id,
      name: plainOf(store.state.dataSources[id]?.title),
    })),
    icon: it.icon,
    cover: it.cover,
    url: address("", it.id),
    public_url: null,
  };
}

export function dataSource(store: Store, it: DataSource): Row {
  const above = store.above(it) as Database;
  return {
    object: "data_source",
    ...common(it),
    title: it.title,
    description: above.description,
    parent: it.parent,
    database_parent: above.parent,
    is_inline: above.inline,
    icon: it.icon,
    cover: above.cover,
    url: address("", above.id),
    public_url: null,
    properties: properties.toResponse(it.properties),
  };
}
