import { catalogue, catalogueByArea } from "../core/catalogue/catalogue.ts";
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

const areaTitles: Readonly<Record<string, string>> = {
  config: "Configuration",
  engine: "Setting up and undoing",
  gateway: "Calls to the services",
  platform: "The machine",
  http: "HTTP checks",
  cli: "The command line",
  github: "GitHub",
};

/** `docs/troubleshooting.md`: one entry per code, the anchor is the code in lower case. */
export function troubleshootingMarkdown(): string {
  const lines = [
    "# Troubleshooting",
    "",
    "<!-- Generated from src/core/catalogue by `npm run docs`. Change it there. -->",
    "",
    "Every error has a code. `testx explain CODE` prints the same text as this page.",
    "",
  ];
  for (const [area, entries] of Object.entries(catalogueByArea)) {
    if (Object.keys(entries).length === 0) continue;
    lines.push(`## ${areaTitles[area] ?? area.charAt(0).toUpperCase() + area.slice(1)}`, "");
    for (const [code, entry] of Object.entries(entries)) {
      lines.push(`### ${code}`, "", entry.what, "");
      lines.push(`**Why:** ${entry.why}`, "", `**What to do:** ${entry.next}`, "");
      lines.push(`Exit code ${entry.exit}.`, "");
    }
  }
  return `${lines.join("\n").trimEnd()}\n`;
}
