import type { BlockObjectRequest, BlockObjectResponse } from "@notionhq/client";
import { isObject } from "../../core/json.ts";
import { fromRichText, type Run, tidyUrl, toRichText } from "./text.ts";

/** The block types that Markdown can become: the only ones testx writes, changes or deletes. */
export type BlockType =
  | "paragraph"
  | "heading_1"
  | "heading_2"
  | "heading_3"
  | "bulleted_list_item"
  | "numbered_list_item"
  | "to_do"
  | "quote"
  | "code"
  | "divider"
  | "image"
  | "table"
  | "table_row";

export interface Block {
  readonly type: BlockType;
  readonly text?: readonly Run[];
  /** Of a table row. */
  readonly cells?: readonly (readonly Run[])[];
  readonly checked?: boolean;
  readonly language?: string;
  readonly url?: string;
  readonly width?: number;
  readonly children: readonly Block[];
}

const textual: ReadonlySet<string> = new Set([
  "paragraph",
  "heading_1",
  "heading_2",
  "heading_3",
  "bulleted_list_item",
  "numbered_list_item",
  "to_do",
  "quote",
  "code",
]);

/** What one block says, without its children: equal blocks have equal keys. */
export function keyOf(block: Block): string {
  const { children: _, ...own } = block;
  return line(own);
}

/** The request body of a block, without children. */
export function toRequest(block: Block): BlockObjectRequest {
  return { type: block.type, [block.type]: body(block) } as unknown as BlockObjectRequest;
}

function body(block: Block): Record<string, unknown> {
  const { type, text = [], cells = [] } = block;
  if (type === "divider") return {};
  if (type === "image") {
    return {
      type: "external",
      external: { url: block.url ?? "" },
      ...(text.length === 0 ? {} : { caption: toRichText(text) }),
    };
  }
  if (type === "table_row") return { cells: cells.map((cell) => toRichText(cell)) };
  if (type === "table") {
    return { table_width: block.width ?? 1, has_column_header: true, has_row_header: false };
  }
  return {
    rich_text: toRichText(text),
    ...(type === "to_do" ? { checked: block.checked === true } : {}),
    ...(type === "code" ? { language: block.language ?? "plain text" } : {}),
  };
}

/** The body with which a block is changed in place; `undefined`: only making a new one helps. */
export function toUpdate(from: Block, to: Block): Record<string, unknown> | undefined {
  if (from.type !== to.type || to.type === "divider" || to.type === "table") return undefined;
  if (to.type === "image") {
    const { url = "", text = [] } = to;
    return { image: { external: { url }, caption: toRichText(text) } };
  }
  return { [to.type]: body(to) };
}

/** Reads a block; children are not looked at. */
export function fromResponse(response: BlockObjectResponse): Block | undefined {
  const { type } = response;
  const own = (response as unknown as Record<string, unknown>)[type];
  const content = (isObject(own) ? own : {}) as Content;
  if (textual.has(type)) {
    return {
      type: type as BlockType,
      text: fromRichText(content.rich_text),
      ...(type === "to_do" ? { checked: content.checked === true } : {}),
      ...(type === "code" ? { language: content.language ?? "plain text" } : {}),
      children: [],
    };
  }
  if (type === "divider") return { type, children: [] };
  if (type === "table_row") {
    return { type, cells: (content.cells ?? []).map((cell) => fromRichText(cell)), children: [] };
  }
  if (type === "table") return { type, width: content.table_width ?? 1, children: [] };
  if (type === "image" && content.external !== undefined) {
    const url = tidyUrl(content.external.url);
    return { type, url, text: fromRichText(content.caption), children: [] };
  }
  return undefined;
}

type RichText = Parameters<typeof fromRichText>[0];
type Content = {
  rich_text?: RichText;
  caption?: RichText;
  checked?: boolean;
  language?: string;
  external?: { url: string };
  cells?: RichText[];
  table_width?: number;
};

/**
 * Content as text, a line a block, children indented: what the receipt keeps, so that edits
 * show line by line and an undo can bring the blocks back. `decode` reads it again.
 */
export function encode(blocks: readonly Block[], depth = 0): string {
  return blocks
    .map(({ children, ...own }) => {
      const inner = children.length === 0 ? "" : `\n${encode(children, depth + 1)}`;
      return `${"  ".repeat(depth)}${line(own)}${inner}`;
    })
    .join("\n");
}

function line({ type, text, cells, ...rest }: Omit<Block, "children">): string {
  const parts: string[] = [type];
  if (Object.keys(rest).length > 0) parts.push(JSON.stringify(sorted(rest)));
  if (text !== undefined && text.length > 0) parts.push(JSON.stringify(pack(text)));
  if (cells !== undefined) parts.push(JSON.stringify(cells.map(pack)));
  return parts.join(" ");
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A single plain run is its text; anything else the list of runs. */
function pack(runs: readonly Run[]): unknown {
  const [only] = runs;
  if (runs.length === 0) return "";
  if (runs.length === 1 && only !== undefined && Object.keys(only).length === 1) return only.text;
  return runs.map(({ text, ...look }) =>
    Object.keys(look).length === 0 ? text : { text, ...sorted(look) },
  );
}

function unpack(packed: unknown): Run[] {
  if (typeof packed === "string") return packed === "" ? [] : [{ text: packed }];
  return (packed as (string | Run)[]).map((run) => (typeof run === "string" ? { text: run } : run));
}

export function decode(content: string): Block[] {
  type Open = { -readonly [K in keyof Block]: K extends "children" ? Open[] : Block[K] };
  const roots: Open[] = [];
  const path: Open[] = [];
  for (const row of content.split("\n")) {
    if (row === "") continue;
    const indent = /^ */.exec(row)?.[0].length ?? 0;
    const block = parseLine(row.slice(indent)) as Open;
    const depth = indent / 2;
    (depth === 0 ? roots : path[depth - 1]?.children)?.push(block);
    path[depth] = block;
    path.length = depth + 1;
  }
  return roots;
}

function parseLine(row: string): Block {
  const [, type = "paragraph", rest = ""] = /^(\w+) ?(.*)$/s.exec(row) ?? [];
  // Two JSON values in a row are told apart by reading them as one array.
  const values = rest === "" ? [] : (JSON.parse(`[${separate(rest)}]`) as unknown[]);
  const attributes = isObject(values[0]) ? (values.shift() as Partial<Block>) : {};
  const kind = type as BlockType;
  const [last] = values;
  if (kind === "table_row") {
    return { type: kind, cells: ((last ?? []) as unknown[]).map(unpack), children: [] };
  }
  const text = last === undefined ? [] : unpack(last);
  const hasText = textual.has(kind) || kind === "image";
  return { type: kind, ...(hasText ? { text } : {}), ...attributes, children: [] };
}

/** The attributes are flat, so the first `}` outside a string ends them. */
function separate(rest: string): string {
  if (!rest.startsWith("{")) return rest;
  const end = /^\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}/.exec(rest)?.[0].length ?? rest.length;
  const tail = rest.slice(end).trim();
  return tail === "" ? rest : `${rest.slice(0, end)},${tail}`;
}
