/**
 * Cuts out of GitHub's published OpenAPI description what testx and its stand-in use. By hand,
 * with a copy of the npm package @octokit/openapi (385 MB, hence not a dependency):
 *
 *     node scripts/github-description.ts api.github.com.json
 */
import { readFileSync, writeFileSync } from "node:fs";
import { isObject } from "../src/core/json.ts";
import { operations } from "../src/sandbox/github/operations.ts";

type Node = Record<string, unknown>;

const whole = JSON.parse(readFileSync(process.argv[2] ?? "api.github.com.json", "utf8")) as {
  info: { version: string };
  paths: Record<string, Record<string, Node>>;
};
const unused = new Set(["description", "example", "examples", "externalDocs", "tags", "summary"]);
const schemas: Record<string, unknown> = {};

function lookUp(ref: string): unknown {
  return ref
    .slice(2)
    .split("/")
    .reduce<unknown>((node, key) => (node as Node)[key.replaceAll("~1", "/")], whole);
}

/** A schema in the form of JSON Schema 2020-12; `named`: the keys are names of properties. */
function convert(node: unknown, named = false): unknown {
  if (Array.isArray(node)) return node.map((item) => convert(item));
  if (!isObject(node)) return node;
  if (typeof node.$ref === "string") return { $ref: keep(node.$ref) };
  const result: Node = {};
  for (const [key, value] of Object.entries(node)) {
    if (!named && (unused.has(key) || key.startsWith("x-") || key === "nullable")) continue;
    result[key] = convert(value, !named && key === "properties");
  }
  if (named || node.nullable !== true) return result;
  if (Array.isArray(result.enum)) result.enum = [...new Set([...result.enum, null])];
  if (typeof result.type === "string") return { ...result, type: [result.type, "null"] };
  return { anyOf: [result, { type: "null" }] };
}

function keep(ref: string): string {
  const name = ref.split("/").at(-1)!;
  if (!(name in schemas)) {
    schemas[name] = {};
    schemas[name] = convert(lookUp(ref));
  }
  return `#/schemas/${name}`;
}

function resolved(node: unknown): Node {
  return isObject(node) && typeof node.$ref === "string"
    ? resolved(lookUp(node.$ref))
    : (node as Node);
}

function content(node: unknown): unknown {
  const media = (resolved(node).content as Node | undefined)?.["application/json"] as
    | Node
    | undefined;
  return media && convert(media.schema);
}

const described = operations.map(({ method, template }) => {
  const item = whole.paths[template];
  const operation = item?.[method.toLowerCase()];
  if (!item || !operation) throw new Error(`${method} ${template} is not described`);
  const parameters = [
    ...((item.parameters as unknown as unknown[]) ?? []),
    ...((operation.parameters as unknown[]) ?? []),
  ];
  const replies = Object.entries(operation.responses as Node).filter(([status]) =>
    status.startsWith("2"),
  );
  const body = operation.requestBody;
  return {
    method,
    template,
    query: parameters
      .map(resolved)
      .filter((parameter) => parameter.in === "query")
      .map(({ name, required = false, schema }) => ({ name, required, schema: convert(schema) })),
    ...(body
      ? { body: { required: resolved(body).required ?? false, schema: content(body) } }
      : {}),
    replies: Object.fromEntries(replies.map(([status, reply]) => [status, content(reply) ?? null])),
  };
});

const text = JSON.stringify({ version: whole.info.version, operations: described, schemas });
writeFileSync(new URL("../test/providers/github/description.json", import.meta.url), `${text}\n`);
console.log(
  `${described.length} operations, ${Object.keys(schemas).length} schemas, ${text.length} bytes`,
);
