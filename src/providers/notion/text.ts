import type { CreateDatabaseParameters, RichTextItemResponse } from "@notionhq/client";

export type RichTextItemRequest = NonNullable<CreateDatabaseParameters["title"]>[number];

/** A stretch of text with one look. Marks that are off are left out. */
export interface Run {
  readonly text: string;
  readonly bold?: true;
  readonly italic?: true;
  readonly strike?: true;
  readonly underline?: true;
  readonly code?: true;
  readonly link?: string;
}

/** Characters in one rich text object. https://developers.notion.com/reference/request-limits */
const maxContent = 2000;

const marks = [
  ["bold", "bold"],
  ["italic", "italic"],
  ["strike", "strikethrough"],
  ["underline", "underline"],
  ["code", "code"],
] as const;

/** Joins neighbours of one look and drops what is empty, so that equal texts are equal runs. */
export function tidy(runs: readonly Run[]): Run[] {
  const tidied: Run[] = [];
  for (const run of runs) {
    if (run.text === "") continue;
    const last = tidied.at(-1);
    if (last !== undefined && look(last) === look(run)) {
      tidied[tidied.length - 1] = { ...last, text: last.text + run.text };
    } else tidied.push(run);
  }
  return tidied;
}

function look(run: Run): string {
  return JSON.stringify([...marks.map(([mark]) => run[mark] === true), run.link ?? null]);
}

export function plainText(runs: readonly Run[]): string {
  return runs.map((run) => run.text).join("");
}

/** Rich text as Notion takes it: at most 2,000 characters a piece. */
export function toRichText(runs: readonly Run[]): RichTextItemRequest[] {
  return tidy(runs).flatMap((run) =>
    pieces(run.text).map((content): RichTextItemRequest => {
      const on = marks.filter(([mark]) => run[mark] === true);
      return {
        type: "text",
        text: run.link === undefined ? { content } : { content, link: { url: run.link } },
        ...(on.length === 0
          ? {}
          : { annotations: Object.fromEntries(on.map(([, name]) => [name, true])) }),
      };
    }),
  );
}

export function richText(text: string): RichTextItemRequest[] {
  return toRichText([{ text }]);
}

/** What came back, without colours and other looks that testx does not set. */
export function fromRichText(items: readonly RichTextItemResponse[] | undefined): Run[] {
  return tidy(
    (items ?? []).map((item): Run => {
      const { annotations } = item;
      const on = marks.filter(([, name]) => annotations?.[name] === true);
      const link = item.type === "text" ? item.text.link?.url : item.href;
      return {
        text: item.plain_text ?? (item.type === "text" ? item.text.content : ""),
        ...Object.fromEntries(on.map(([mark]) => [mark, true])),
        ...(link === undefined || link === null ? {} : { link: tidyUrl(link) }),
      };
    }),
  );
}

export function fromPlain(items: readonly RichTextItemResponse[] | undefined): string {
  return plainText(fromRichText(items));
}

/** Addresses in the one form that survives the way through the service. */
export function tidyUrl(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url;
}

/** Splits at 2,000 UTF-16 units, never inside a surrogate pair. */
export function pieces(text: string): string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + maxContent, text.length);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
