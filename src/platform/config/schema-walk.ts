import { isObject } from "../../core/json.ts";
import type { Path } from "../../core/validate/problem.ts";

/** The property names that a JSON Schema knows at a path, over all its alternatives. */
export function propertiesAt(schema: unknown, path: Path): string[] {
  const names = new Set<string>();
  for (const node of nodesAt(schema, path)) {
    if (isObject(node.properties)) for (const name of Object.keys(node.properties)) names.add(name);
  }
  return [...names];
}

/** Whether the values at a path are secrets: they or something around them is `writeOnly`. */
export function isSecretAt(schema: unknown, path: Path): boolean {
  for (let depth = 0; depth <= path.length; depth++) {
    if (nodesAt(schema, path.slice(0, depth)).some((node) => node.writeOnly === true)) return true;
  }
  return false;
}

type Node = Record<string, unknown>;

function nodesAt(schema: unknown, path: Path): Node[] {
  let nodes = alternatives(schema, schema);
  for (const part of path) {
    nodes = nodes.flatMap((node) => alternatives(child(node, part), schema));
  }
  return nodes;
}

function child(node: Node, part: string | number): unknown {
  if (typeof part === "number") {
    const fixed = Array.isArray(node.prefixItems) ? node.prefixItems[part] : undefined;
    return fixed ?? node.items;
  }
  const own = isObject(node.properties) && Object.hasOwn(node.properties, part);
  return own ? (node.properties as Node)[part] : node.additionalProperties;
}

/** The node itself and what it may be instead. */
function alternatives(start: unknown, root: unknown): Node[] {
  const seen = new Set<unknown>([start]);
  for (const node of seen) {
    if (!isObject(node)) continue;
    for (const word of ["anyOf", "oneOf", "allOf"]) {
      const branches = node[word];
      if (Array.isArray(branches)) for (const branch of branches) seen.add(branch);
    }
    if (typeof node.$ref === "string") seen.add(target(root, node.$ref));
  }
  return [...seen].filter(isObject);
}

function target(root: unknown, reference: string): unknown {
  let node = root;
  for (const part of reference.split("/").slice(1)) node = isObject(node) ? node[part] : undefined;
  return node;
}
