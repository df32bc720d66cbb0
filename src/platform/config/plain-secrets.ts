import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { looksLikeSecret } from "../../core/secret-text.ts";
import type { Path } from "../../core/validate/problem.ts";

/** The places below a value at which something stands that looks like a credential. */
export function secretsIn(value: Json, path: Path): Path[] {
  if (typeof value === "string") return looksLikeSecret(value) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item, at) => secretsIn(item, [...path, at]));
  if (!isObject(value)) return [];
  return Object.entries(value as JsonObject).flatMap(([key, item]) =>
    secretsIn(item, [...path, key]),
  );
}
