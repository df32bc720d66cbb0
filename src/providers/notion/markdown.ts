import { Lexer, type MarkedToken, type Token, type Tokens } from "marked";
import type { Block, BlockType } from "./block.ts";
import { inline } from "./inline.ts";
import { languageOf } from "./language.ts";
import { pieces, plainText, type Run, tidyUrl } from "./text.ts";

const maxUrl = 2000;
const maxColumns = 100;
// Notion takes 100, but 100 of them in a script of three bytes a letter pass 500 KB.
const maxPieces = 60;

/**
 * Markdown (CommonMark with GitHub's tables, task lists and strikethrough) as blocks. What
 * Notion has no block for degrades to text.
 */
export function toBlocks(markdown: string): Block[] {
  return blocksOf(new Lexer({ gfm: true }).lex(padded(markdown)));
}

/**
 * V8 compiles a pattern twice where it is tried on short texts, first in haste: marked's take
 * three times as long then as one reading of a page. Empty lines at the end mean nothing, but
 * where code or HTML is left open there, and behind blanks.
 */
function padded(markdown: string): string {
  const isPlain = /\S\n?$/.test(markdown) && !/```|~~~|<| {4}|\t/.test(markdown);
  return isPlain ? markdown + emptyLines : markdown;
}
const emptyLines = "\n".repeat(1000);

function blocksOf(tokens: readonly Token[]): Block[] {
  return tokens.flatMap((token) => blocksOfToken(token as MarkedToken));
}

function blocksOfToken(token: MarkedToken): Block[] {
  switch (token.type) {
    case "heading":
      return textBlocks(`heading_${Math.min(token.depth, 3)}` as BlockType, inline(token.tokens));
    case "paragraph":
      return imagesOf(token) ?? textBlocks("paragraph", inline(token.tokens));
    case "text":
      return textBlocks("paragraph", inline(token.tokens ?? [token]));
    case "code":
      return textBlocks("code", [{ text: token.text }], { language: languageOf(token.lang) }, true);
    case "hr":
      return [{ type: "divider", children: [] }];
    case "blockquote":
      return container("quote", token.tokens, {});
    case "list":
      return token.items.flatMap((item) => listItem(item, token.ordered));
    case "table":
      return tableOf(token);
    case "html":
      return textBlocks("paragraph", inline([token]));
    default:
      return [];
  }
}

function listItem(item: Tokens.ListItem, ordered: boolean): Block[] {
  const tokens = item.tokens.filter(({ type }) => type !== "checkbox");
  if (item.task) return container("to_do", tokens, { checked: item.checked === true });
  return container(ordered ? "numbered_list_item" : "bulleted_list_item", tokens, {});
}

/** A block whose first paragraph is its own text, and all else its children. */
function container(type: BlockType, tokens: readonly Token[], rest: Partial<Block>): Block[] {
  const content = tokens.filter((token) => token.type !== "space");
  const [first, ...others] = content;
  const leads = first !== undefined && (first.type === "text" || first.type === "paragraph");
  // A task's checkbox stands inside its first paragraph when the list is loose.
  const lead = (leads ? (first.tokens ?? [first]) : []).filter(
    (token) => token.type !== "checkbox",
  );
  const inner = leads ? others : content;
  const split = textBlocks(type, inline(lead), rest, true);
  const last = split.at(-1);
  if (last === undefined) return [];
  return [...split.slice(0, -1), { ...last, children: blocksOf(inner) }];
}

/** A paragraph of nothing but images with an address that Notion can show. */
function imagesOf({ tokens }: Tokens.Paragraph): Block[] | undefined {
  const images: Block[] = [];
  for (const token of tokens as MarkedToken[]) {
    if (token.type === "text" && token.raw.trim() === "") continue;
    if (token.type === "br") continue;
    if (token.type !== "image" || !showable(token.href)) return undefined;
    const caption = inline(token.tokens);
    images.push({
      type: "image",
      url: tidyUrl(token.href),
      text: fits(caption) ? caption : [{ text: plainText(caption) }],
      children: [],
    });
  }
  return images.length === 0 ? undefined : images;
}

function showable(href: string): boolean {
  return /^https?:\/\//i.test(href) && URL.canParse(href) && tidyUrl(href).length <= maxUrl;
}

function tableOf(table: Tokens.Table): Block[] {
  const width = table.header.length;
  if (width > maxColumns) {
    return textBlocks("code", [{ text: table.raw.trimEnd() }], { language: "markdown" });
  }
  const rows = [table.header, ...table.rows].map(
    (cells): Block => ({
      type: "table_row",
      cells: Array.from({ length: width }, (_, column) => {
        const runs = inline(cells[column]?.tokens ?? []);
        return fits(runs) ? runs : [{ text: plainText(runs) }];
      }),
      children: [],
    }),
  );
  return [{ type: "table", width, children: rows }];
}

function fits(runs: readonly Run[]): boolean {
  return count(runs) <= maxPieces;
}

function count(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + pieces(run.text).length, 0);
}

/** One block, or several of the kind when the text has more pieces than one may hold. */
function textBlocks(
  type: BlockType,
  runs: readonly Run[],
  rest: Partial<Block> = {},
  keepEmpty = false,
): Block[] {
  if (runs.length === 0 && !keepEmpty) return [];
  const groups: Run[][] = [[]];
  let room = maxPieces;
  for (const run of runs) {
    let left = pieces(run.text);
    while (left.length > 0) {
      if (room === 0) {
        groups.push([]);
        room = maxPieces;
      }
      const taken = left.slice(0, room);
      groups.at(-1)?.push({ ...run, text: taken.join("") });
      room -= taken.length;
      left = left.slice(taken.length);
    }
  }
  return groups.map((text) => ({ type, ...rest, text, children: [] }));
}
