import { canonical, isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { Receipt } from "../../core/ports.ts";

/** One thing that is there and should not be, or the other way round. */
export interface Difference {
  /** `github.labels` */
  readonly where: string;
  readonly what: "extra" | "missing";
  readonly value: string;
  /** Of what is extra: the same thing is there once more. */
  readonly twice: boolean;
}

/** What differs between two accounts; the order in lists counts for nothing. */
export function differences(now: Json, expected: Json, where = ""): Difference[] {
  if (Array.isArray(now) && Array.isArray(expected)) return listed(now, expected, where);
  if (isObject(now) && isObject(expected)) {
    const keys = new Set([...Object.keys(now), ...Object.keys(expected)]);
    return [...keys].flatMap((key) => {
      const path = where === "" ? key : `${where}.${key}`;
      const [is, was] = [(now as JsonObject)[key], (expected as JsonObject)[key]];
      if (is === undefined) return [missing(path, was as Json)];
      if (was === undefined) return [extra(path, is, false)];
      return differences(is, was, path);
    });
  }
  if (canonical(now) === canonical(expected)) return [];
  return [missing(where, expected), extra(where, now, false)];
}

function listed(now: readonly Json[], expected: readonly Json[], where: string): Difference[] {
  const left = expected.map((item) => canonical(item));
  const found = new Set<string>();
  const more: Json[] = [];
  for (const item of now) {
    const text = canonical(item);
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    else more.push(item);
    if (at >= 0) found.add(text);
  }
  // Two that are much alike are one that has changed: what changed is of interest.
  if (more.length === 1 && left.length === 1) {
    return differences(more[0] as Json, JSON.parse(left[0]!) as Json, `${where}[]`);
  }
  return [
    ...more.map((item) => extra(where, item, found.has(canonical(item)))),
    ...left.map((text) => missing(where, JSON.parse(text) as Json)),
  ];
}

function extra(where: string, value: Json, twice: boolean): Difference {
  return { where, what: "extra", value: clipped(value), twice };
}

function missing(where: string, value: Json): Difference {
  return { where, what: "missing", value: clipped(value), twice: false };
}

function clipped(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/**
 * Accounts in which ids that the services have given out, as receipts know them, stand as what
 * they are the ids of: they are others each time.
 */
export function withoutIds(
  accounts: JsonObject,
  receipts: Iterable<Pick<Receipt, "step" | "state">>,
): JsonObject {
  const names = new Map<string, string>();
  for (const { step, state } of receipts) {
    for (const [field, value] of Object.entries(state)) {
      if (typeof value !== "string" || value.length < 6 || !/\d/.test(value)) continue;
      if (!names.has(value)) names.set(value, `<${step}.${field}>`);
      const plain = value.replaceAll("-", "");
      if (/^[0-9a-f]{32}$/.test(plain) && !names.has(plain)) names.set(plain, `<${step}.${field}>`);
    }
  }
  const longestFirst = [...names].sort(([a], [b]) => b.length - a.length);
  let text = JSON.stringify(accounts);
  for (const [id, name] of longestFirst) text = text.replaceAll(id, name);
  return JSON.parse(text) as JsonObject;
}
