import { catalogue } from "../core/catalogue/catalogue.ts";
import type { CatalogueEntry } from "../core/catalogue/entry.ts";
import type { JsonObject } from "../core/json.ts";
import { docsAnchor } from "./failures.ts";
import { paintFor, symbolsFor, type Terminal } from "./terminal.ts";
import { hanging, table } from "./text.ts";

export function entryLines(code: string, entry: CatalogueEntry, terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  const part = (label: string, text: string): string[] => [
    "",
    paint.strong(label),
    ...hanging("  ", text, terminal.width),
  ];
  return [
    paint.strong(paint.bad(code)),
    ...part("What happened", entry.what),
    ...part("Why", entry.why),
    ...part("What to do", entry.next),
    "",
    ...hanging("", `Exit code ${entry.exit}. ${docsAnchor(code)}`, terminal.width),
  ];
}

export function entryJson(code: string, entry: CatalogueEntry): JsonObject {
  return { code, ...entry, docs: docsAnchor(code) };
}

export function codeLines(terminal: Terminal): string[] {
  const rows = Object.entries(catalogue).map(([code, entry]) => [code, entry.what]);
  return table(rows, terminal.width, symbolsFor(terminal).ellipsis);
}

export function codesJson(): JsonObject {
  const codes = Object.entries(catalogue).map(([code, entry]) => entryJson(code, entry));
  return { codes };
}
