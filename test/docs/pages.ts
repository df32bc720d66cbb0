import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/cli.ts";

export interface Page {
  /** From the root: `docs/sandbox.md` */
  readonly path: string;
  readonly text: string;
}

/** What users read: the README and the guides. */
export const pages: readonly Page[] = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
].map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

export interface Block {
  /** `sh`, `console`, `json`, …; `test`: a comment that only the test runs. */
  readonly language: string;
  readonly text: string;
  /** Line of its first line, from 1. */
  readonly line: number;
  /** Why it is not run. */
  readonly skipped?: string;
}

/**
 * The fenced blocks of a page, in order. `<!-- not run: reason -->` in front of one keeps it from
 * being run; `<!-- in the test: command -->` is what a reader does by hand.
 */
export function blocksOf({ text }: Page): Block[] {
  const parts =
    /^```(?<language>\w*)\n(?<body>[\s\S]*?)^```$|^<!-- in the test: (?<hidden>.*) -->$|^<!-- not run: (?<reason>.*) -->$/gm;
  const blocks: Block[] = [];
  let skipped: string | undefined;
  for (const match of text.matchAll(parts)) {
    const { language = "", body, hidden, reason } = match.groups as Record<string, string>;
    const line = text.slice(0, match.index).split("\n").length + (hidden === undefined ? 1 : 0);
    if (reason !== undefined) skipped = reason;
    else if (hidden !== undefined) blocks.push({ language: "test", text: hidden, line });
    else {
      blocks.push({ language, text: body ?? "", line, ...(skipped ? { skipped } : {}) });
      skipped = undefined;
    }
  }
  return blocks;
}

/** Where `**`path`**` stands before a fenced block: the file that a reader is to write. */
export interface PageFile {
  readonly path: string;
  readonly text: string;
  /** Line of its first line, from 1. */
  readonly line: number;
}

export function filesOf({ text }: Page): PageFile[] {
  const parts = /^\*\*`(?<path>[^`]+)`\*\*\n\n```\w+\n(?<body>[\s\S]*?)^```$/gm;
  return Array.from(text.matchAll(parts), (match) => {
    const { path = "", body = "" } = match.groups as Record<string, string>;
    return { path, text: body, line: text.slice(0, match.index).split("\n").length + 3 };
  });
}

/** Text of the page without its fenced blocks and comments. */
export function prose({ text }: Page): string {
  return text.replace(/^```[\s\S]*?^```$/gm, "").replace(/<!--[\s\S]*?-->/g, "");
}
