import * as z from "zod";
import type { Json } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { invalid } from "./error.ts";
import { languages } from "./languages.ts";
import { color, icon, id, richText, stored, storedIcon, url } from "./rich-text.ts";
import type { Row } from "./state.ts";

export interface NewBlock {
  readonly type: string;
  readonly body: Row;
  readonly children: readonly NewBlock[];
}

/** What each type's body may hold besides children. */
const bodies = once(() => {
  const text = { rich_text: richText(), color: color().optional() };
  const caption = richText().optional();
  const heading = { ...text, is_toggleable: z.boolean().optional() };
  const external = {
    type: z.literal("external").optional(),
    external: z.strictObject({ url: url() }),
    caption,
  };
  return {
    paragraph: { ...text, icon: icon().optional() },
    heading_1: heading,
    heading_2: heading,
    heading_3: heading,
    bulleted_list_item: text,
    numbered_list_item: text,
    quote: text,
    toggle: text,
    to_do: { ...text, checked: z.boolean().optional() },
    callout: { ...text, icon: icon().optional() },
    code: { rich_text: richText(), language: z.enum(languages), caption },
    image: external,
    video: external,
    file: { ...external, name: z.string().optional() },
    bookmark: { url: z.string(), caption },
    embed: { url: z.string(), caption },
    equation: { expression: z.string() },
    divider: {},
    breadcrumb: {},
    table_of_contents: { color: color().optional() },
    table_row: { cells: z.array(richText()).max(100) },
    table: {
      table_width: z.int().min(1).max(100),
      has_column_header: z.boolean().optional(),
      has_row_header: z.boolean().optional(),
    },
  };
});
type Type = keyof ReturnType<typeof bodies>;
const types = once(() => Object.keys(bodies()) as Type[]);

const nesting: ReadonlySet<Type> = new Set<Type>([
  "paragraph",
  "heading_1",
  "heading_2",
  "heading_3",
  "bulleted_list_item",
  "numbered_list_item",
  "quote",
  "toggle",
  "to_do",
  "callout",
]);

export function mayNest(type: string): boolean {
  return nesting.has(type as Type) || type === "table";
}

const maxNesting = 2;

/** The schemas of a block in a request: at the top and on each level below it, made when needed. */
const levels = Array.from({ length: maxNesting + 1 }, (_, depth) =>
  once(() => z.union(blockSchemas(depth) as [z.ZodType<Row>, z.ZodType<Row>])),
);

function blockSchemas(depth: number): z.ZodType[] {
  return types()
    .filter((type) => type !== "table" || depth < maxNesting)
    .map((type) =>
      z.strictObject({
        object: z.literal("block").optional(),
        type: z.literal(type).optional(),
        [type]: z.strictObject(bodyShape(type, depth)),
      }),
    );
}

function bodyShape(type: Type, depth: number): z.core.$ZodLooseShape {
  const shape: Record<string, z.ZodType> = { ...bodies()[type] };
  if (type === "table") {
    const row = z.strictObject({
      object: z.literal("block").optional(),
      type: z.literal("table_row").optional(),
      table_row: z.strictObject(bodies().table_row),
    });
    shape.children = z.array(row).min(1).max(100);
  } else if (nesting.has(type) && depth < maxNesting) {
    shape.children = childrenAt(depth + 1).optional();
  }
  return shape;
}

/** Below the last level no more children are taken. */
function childrenAt(depth: number) {
  return z.array(z.lazy(levels[depth] as () => z.ZodType<Row>)).max(100);
}

export const children = once(() => childrenAt(0));

const position = once(() =>
  z.union([
    z.strictObject({ type: z.literal("start") }),
    z.strictObject({ type: z.literal("end") }),
    z.strictObject({ type: z.literal("after_block"), after_block: z.strictObject({ id: id() }) }),
  ]),
);
export const append = {
  "2026-03-11": once(() =>
    z.strictObject({ children: children(), position: position().optional() }),
  ),
  "2025-09-03": once(() =>
    z.strictObject({
      children: children(),
      position: position().optional(),
      after: id().optional(),
    }),
  ),
} as const;

/** A checked block in the form in which it is kept. */
export function toNew(request: Row): NewBlock {
  const type = types().find((name) => request[name] !== undefined) ?? "paragraph";
  const own = request[type] as Row;
  const inner = (own.children ?? []) as Row[];
  return { type, body: storedBody(type, own), children: inner.map(toNew) };
}

/** One request may carry 1,000 blocks. */
export function limit(blocks: readonly NewBlock[]): void {
  if (count(blocks) > 1000) {
    invalid("body failed validation: more than 1000 blocks in one request.");
  }
}

function count(blocks: readonly NewBlock[]): number {
  return blocks.reduce((sum, block) => sum + 1 + count(block.children), 0);
}

export function storedBody(type: string, own: Row): Row {
  const body: Row = {};
  for (const [name, value] of Object.entries(own)) {
    if (name === "children") continue;
    if (name === "rich_text" || name === "caption") body[name] = stored(value as never);
    else if (name === "cells") body.cells = (value as Json[]).map((cell) => stored(cell as never));
    else if (name === "icon") body.icon = storedIcon(value as never);
    else body[name] = value;
  }
  return { ...defaults(type), ...body };
}

function defaults(type: string): Row {
  if (type.startsWith("heading")) return { color: "default", is_toggleable: false };
  if (type === "to_do") return { color: "default", checked: false };
  if (type === "paragraph" || type === "callout") return { color: "default", icon: null };
  if (type === "code" || type === "bookmark" || type === "embed") return { caption: [] };
  if (type === "image" || type === "video" || type === "file") {
    return { type: "external", caption: [], ...(type === "file" ? { name: "file" } : {}) };
  }
  if (type === "table") return { has_column_header: false, has_row_header: false };
  if (type === "table_of_contents" || nesting.has(type as Type)) return { color: "default" };
  return {};
}

/** The body of a block's update: its own type's fields, all optional, and the trash. */
export function updateSchema(type: string, version: keyof typeof append): z.ZodType<Row> {
  return z.strictObject({
    type: z.literal(type).optional(),
    in_trash: z.boolean().optional(),
    ...(version === "2025-09-03" ? { archived: z.boolean().optional() } : {}),
    [type]: changeable(type).optional(),
  }) as unknown as z.ZodType<Row>;
}

function changeable(type: string): z.ZodType {
  if (!Object.hasOwn(bodies(), type)) return z.strictObject({});
  if (type === "table") {
    return z.strictObject({
      has_column_header: z.boolean().optional(),
      has_row_header: z.boolean().optional(),
    });
  }
  return z.strictObject(bodies()[type as Type] as z.core.$ZodLooseShape).partial();
}
