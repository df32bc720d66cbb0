import { Buffer } from "node:buffer";
import type { JsonObject } from "../../core/json.ts";
import { refuse, text } from "./call.ts";

export interface Page<T> {
  readonly items: T[];
  readonly response_metadata: { next_cursor: string };
}

/**
 * One page of a list. Cursors name the next item, so that what is added or removed in between
 * neither repeats nor hides another.
 */
export function paginate<T>(
  all: readonly T[],
  args: JsonObject,
  keyOf: (item: T) => string,
  most = 1000,
  otherwise = 100,
): Page<T> {
  const asked = args.limit;
  const limit = typeof asked === "number" && asked > 0 ? asked : otherwise;
  if (limit > most) refuse("invalid_limit");
  const from = start(all, text(args, "cursor"), keyOf);
  const next = all[from + limit];
  return {
    items: all.slice(from, from + limit),
    response_metadata: {
      next_cursor: next === undefined ? "" : encode(keyOf(next)),
    },
  };
}

function start<T>(all: readonly T[], cursor: string, keyOf: (item: T) => string): number {
  if (cursor === "") return 0;
  const decoded = Buffer.from(cursor, "base64").toString("utf8");
  if (!decoded.startsWith("next:")) return refuse("invalid_cursor");
  const key = decoded.slice(5);
  const at = all.findIndex((item) => keyOf(item) === key);
  return at < 0 ? all.length : at;
}

function encode(key: string): string {
  return Buffer.from(`next:${key}`, "utf8").toString("base64");
}
