import { isObject } from "./json.ts";
import { jsonSchemaOf, type Schema } from "./schema.ts";

const known = new WeakMap<object, readonly (readonly string[])[]>();

/**
 * Paths of an input's fields whose values are secrets: those that are declared; where nothing is,
 * those that the schema marks `writeOnly`.
 */
export function secretPaths(
  schema: Schema<unknown>,
  declared?: readonly string[],
): readonly (readonly string[])[] {
  if (declared) return declared.map((field) => [field]);
  let paths = known.get(schema);
  if (!paths) {
    const found: string[][] = [];
    collect(jsonSchemaOf(schema), [], found);
    paths = found;
    known.set(schema, paths);
  }
  return paths;
}

function collect(node: unknown, path: readonly string[], found: string[][]): void {
  if (!isObject(node)) return;
  if (node.writeOnly === true) {
    found.push([...path]);
    return;
  }
  if (isObject(node.properties)) {
    for (const [key, child] of Object.entries(node.properties)) {
      collect(child, [...path, key], found);
    }
  }
  for (const word of ["allOf", "anyOf", "oneOf"]) {
    const branches = node[word];
    if (Array.isArray(branches)) for (const branch of branches) collect(branch, path, found);
  }
}
