import { fail } from "../../core/failure.ts";

/** More than any list has that testx reads to its end: 100,000 entries. */
const mostPages = 1000;

interface Page {
  readonly has_more?: boolean;
  readonly next_cursor?: string | null;
}

/**
 * Leads through the pages of a list, by the cursor of each to the next; `undefined` at its end.
 * What answers in Notion's place (a cache that knows nothing of cursors) may have none.
 * @throws TestxError NOTION_UNREADABLE for a list without an end
 */
export function cursors(list: string): (page: Page | undefined) => string | undefined {
  const seen = new Set<string>();
  return (page) => {
    const next = page?.has_more === true ? page.next_cursor : undefined;
    if (next === undefined || next === null) return undefined;
    if (seen.has(next) || seen.size >= mostPages) {
      fail("NOTION_UNREADABLE", `Notion's list of ${list} does not end.`);
    }
    seen.add(next);
    return next;
  };
}
