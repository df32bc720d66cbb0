import { canonical, type Json } from "../core/json.ts";

/** Throws with `message` unless `condition` holds. */
export function ensure(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws with both values unless they are equal JSON; `undefined` is equal to itself only. */
export function ensureEqual(
  actual: Json | undefined,
  wanted: Json | undefined,
  message: string,
): void {
  const [is, should] = [text(actual), text(wanted)];
  ensure(is === should, `${message}\n  is:     ${is}\n  should: ${should}`);
}

function text(value: Json | undefined): string {
  return value === undefined ? "undefined" : canonical(value);
}

/** Throws unless the value survives being written as JSON and read again. */
export function ensureJson(value: unknown, message: string): void {
  const path = notJson(value, "");
  ensure(path === undefined, `${message}: ${path} is not JSON`);
}

/** Where a value has something that JSON would lose or change. */
function notJson(value: unknown, path: string): string | undefined {
  const here = path === "" ? "the value" : path.slice(1);
  if (value === null || typeof value === "boolean" || typeof value === "string") return undefined;
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0) ? undefined : here;
  }
  if (typeof value !== "object") return here;
  const plain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (!plain) return here;
  for (const [key, item] of Object.entries(value)) {
    const inner = notJson(item, `${path}.${key}`);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** A copy that throws when it is written to. */
export function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  const copy: unknown = Array.isArray(value)
    ? value.map(frozen)
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, frozen(item)]));
  return Object.freeze(copy) as T;
}
