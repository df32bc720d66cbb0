import type { Json } from "../../core/json.ts";
import { invalid } from "./error.ts";
import type { Row } from "./state.ts";

/** The part of a list that was asked for, in the envelope that Notion's lists have. */
export function paginate(
  type: "block" | "user" | "page_or_data_source",
  all: readonly Row[],
  cursor: string | undefined,
  size: number | undefined,
): Row {
  const from = cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor);
  if (from < 0) invalid(`The start_cursor provided is invalid: ${cursor}`);
  const to = from + (size ?? 100);
  const next = all[to]?.id ?? null;
  return {
    object: "list",
    results: all.slice(from, to) as Json[],
    next_cursor: next,
    has_more: next !== null,
    type,
    [type]: {},
  };
}

/** `start_cursor` and `page_size` of a query string. */
export function paging(query: URLSearchParams): { cursor?: string; size?: number } {
  const known = new Set(["start_cursor", "page_size"]);
  for (const name of query.keys()) {
    if (!known.has(name)) {
      invalid(
        `query failed validation: query.${name} should be not present, instead was \`"${query.get(name)}"\`.`,
      );
    }
  }
  const cursor = query.get("start_cursor");
  const written = query.get("page_size");
  const size = written === null ? undefined : Number(written);
  if (size !== undefined && (!Number.isInteger(size) || size < 1 || size > 100)) {
    invalid(
      `query failed validation: query.page_size should be ≤ \`100\`, instead was \`${written}\`.`,
    );
  }
  return { ...(cursor === null ? {} : { cursor }), ...(size === undefined ? {} : { size }) };
}
