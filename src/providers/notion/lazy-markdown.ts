import type { Block } from "./block.ts";

let parse: ((markdown: string) => Block[]) | undefined;

/** Loads the parser (9 ms), which only a page with content needs. */
export async function loadMarkdown(): Promise<(markdown: string) => Block[]> {
  parse ??= (await import("./markdown.ts")).toBlocks;
  return parse;
}

/** Loads the parser and has it run, beside whatever else is waited for. */
export function warmUp(markdown: string): void {
  // What is wrong is told where the result is needed.
  loadMarkdown().then(
    (toBlocks) => setImmediate(() => void toBlocks(markdown)),
    () => {},
  );
}

/** For `changes`, which cannot wait: reading the page, which comes first, has loaded the parser. */
export function parsed(markdown: string): Block[] {
  if (parse === undefined) throw new Error("the page's content was compared before it was read");
  return parse(markdown);
}
