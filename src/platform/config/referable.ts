import { isObject, type Json, type JsonObject } from "../../core/json.ts";

const reference: JsonObject = { $ref: "#/$defs/reference" };
const nested = ["items", "additionalProperties", "not", "contains"] as const;
const lists = ["anyOf", "oneOf", "allOf", "prefixItems"] as const;
const annotations: readonly string[] = ["description", "default", "writeOnly", "title", "examples"];
/** What limits a string in ways that a reference would break. */
const limits = ["pattern", "format", "minLength", "maxLength", "enum", "const", "contentEncoding"];

/**
 * A provider's schema as a part of a larger one, in which every value below the top may also be
 * a string with a reference. Its own definitions go into `definitions`, under `name`.
 */
export function withReferences(
  schema: Record<string, unknown>,
  name: string,
  definitions: JsonObject,
): JsonObject {
  const { $schema: _, $defs: own, ...root } = schema as JsonObject;
  const rename = (ref: string) =>
    ref === "#" ? `#/$defs/${name}` : ref.replace("#/$defs/", `#/$defs/${name}.`);
  if (isObject(own)) {
    for (const [key, value] of Object.entries(own as JsonObject)) {
      definitions[`${name}.${key}`] = open(value, rename);
    }
  }
  const result = inside(root, rename);
  if (JSON.stringify(root).includes('"$ref":"#"')) definitions[name] = result;
  return result;
}

/** The schema, or a reference. */
function open(schema: Json, rename: (ref: string) => string): Json {
  if (!isObject(schema)) return schema;
  const whole = inside(schema as JsonObject, rename);
  const isFreeText = whole.type === "string" && !limits.some((word) => word in whole);
  if (isFreeText || Object.keys(whole).every((word) => annotations.includes(word))) return whole;
  const outer = Object.entries(whole).filter(([word]) => annotations.includes(word));
  const inner = Object.entries(whole).filter(([word]) => !annotations.includes(word));
  return { ...Object.fromEntries(outer), anyOf: [Object.fromEntries(inner), reference] };
}

function inside(schema: JsonObject, rename: (ref: string) => string): JsonObject {
  const result: JsonObject = { ...schema };
  if (typeof result.$ref === "string") result.$ref = rename(result.$ref);
  if (isObject(result.properties)) {
    const properties = result.properties as JsonObject;
    result.properties = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, open(value, rename)]),
    );
  }
  for (const word of nested) {
    if (isObject(result[word])) result[word] = open(result[word] as Json, rename);
  }
  for (const word of lists) {
    const list = result[word];
    if (!Array.isArray(list)) continue;
    // Two branches may both take a reference, which oneOf would refuse.
    if (word === "oneOf") delete result.oneOf;
    const name = word === "oneOf" ? "anyOf" : word;
    result[name] = list.map((item) =>
      word === "prefixItems" ? open(item, rename) : inside(item as JsonObject, rename),
    );
  }
  return result;
}
