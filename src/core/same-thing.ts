import { equal, type JsonObject } from "./json.ts";

/** What services call a thing by, whatever else becomes of it; then what people do. */
const names: readonly (readonly string[])[] = [
  ["id", "number", "ts"],
  ["repository", "environment", "channel", "name", "path", "branch"],
];

/**
 * Whether two states of one kind are of the same thing, and not of two that came to stand in one
 * place one after the other. Where the states do not tell, they are.
 */
export function isSameThing(a: JsonObject, b: JsonObject): boolean {
  const common = names.map((group) =>
    group.filter((name) => a[name] !== undefined && b[name] !== undefined),
  );
  const telling = common.find((group) => group.length > 0) ?? [];
  return telling.every((name) => equal(a[name], b[name]));
}
