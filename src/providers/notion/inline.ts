import type { MarkedToken, Token } from "marked";
import { type Run, tidy, tidyUrl } from "./text.ts";

const maxUrl = 2000;
const entities: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  copy: "©",
  euro: "€",
  gt: ">",
  hellip: "…",
  laquo: "«",
  larr: "←",
  ldquo: "“",
  lsquo: "‘",
  lt: "<",
  mdash: "—",
  middot: "·",
  nbsp: "\u00a0",
  ndash: "–",
  quot: '"',
  raquo: "»",
  rarr: "→",
  rdquo: "”",
  reg: "®",
  rsquo: "’",
  times: "×",
  trade: "™",
};

type Look = Omit<Run, "text">;

/** Inline Markdown as runs of text. Blanks at either end of the whole are dropped. */
export function inline(tokens: readonly Token[]): Run[] {
  return trim(tidy(tokens.flatMap((token) => runsOf(token as MarkedToken, {}))));
}

function runsOf(token: MarkedToken, look: Look): Run[] {
  const inside = (inner: readonly Token[] | undefined, more: Look): Run[] =>
    (inner ?? []).flatMap((child) => runsOf(child as MarkedToken, { ...look, ...more }));
  switch (token.type) {
    case "strong":
      return inside(token.tokens, { bold: true });
    case "em":
      return inside(token.tokens, { italic: true });
    case "del":
      return inside(token.tokens, { strike: true });
    case "codespan":
      return [{ ...look, code: true, text: token.text }];
    case "br":
      return [{ ...look, text: "\n" }];
    case "escape":
      return [{ ...look, text: token.raw.slice(1) }];
    case "link":
      return inside(token.tokens, linkTo(token.href));
    case "image": {
      const text = token.text === "" ? token.href : token.text;
      return [{ ...look, ...linkTo(token.href), text: decode(text) }];
    }
    case "html":
      return htmlRuns(token.raw, look);
    case "text":
      if (token.tokens !== undefined) return inside(token.tokens, {});
      return [{ ...look, text: decode(token.raw.replace(/[ \t]*\n[ \t]*/g, " ")) }];
    default:
      return [{ ...look, text: token.raw }];
  }
}

/** Comments vanish, line breaks break the line, other tags stand as they were written. */
function htmlRuns(raw: string, look: Look): Run[] {
  const text = raw.replace(/<!--[\s\S]*?-->/g, "").replace(/<br\s*\/?>/gi, "\n");
  return text === "" ? [] : [{ ...look, text: text.replace(/\n+$/, (end) => end.slice(0, 1)) }];
}

/** Notion refuses addresses that are relative, very long or of a scheme it does not know. */
function linkTo(href: string): Look {
  const fits = /^(https?:|mailto:)/i.test(href) && URL.canParse(href);
  const url = fits ? tidyUrl(href) : "";
  return url === "" || url.length > maxUrl ? {} : { link: url };
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (all, decimal, hex, name) => {
    if (name !== undefined) return entities[name as string] ?? all;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    const valid = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    return valid ? String.fromCodePoint(point) : "\ufffd";
  });
}

function trim(runs: readonly Run[]): Run[] {
  const trimmed = [...runs];
  while (trimmed[0] !== undefined && !trimmed[0].code) {
    const text = trimmed[0].text.trimStart();
    trimmed[0] = { ...trimmed[0], text };
    if (text !== "") break;
    trimmed.shift();
  }
  for (let last = trimmed.at(-1); last !== undefined && !last.code; last = trimmed.at(-1)) {
    const text = last.text.trimEnd();
    trimmed[trimmed.length - 1] = { ...last, text };
    if (text !== "") break;
    trimmed.pop();
  }
  return trimmed;
}
