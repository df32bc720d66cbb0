import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Fetch, FetchInit } from "../../../src/core/http.ts";

/** GitHub's published OpenAPI description of what testx uses; see scripts/github-description.ts. */
const description = JSON.parse(
  readFileSync(new URL("description.json", import.meta.url), "utf8"),
) as {
  operations: {
    method: string;
    template: string;
    query: { name: string; required: boolean; schema: object }[];
    body?: { required: boolean; schema: object };
    replies: Record<string, object | null>;
  }[];
  schemas: Record<string, object>;
};
export type Described = (typeof description.operations)[number];

const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false });
ajv.addFormat("date-time", (text) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text),
);
ajv.addFormat("uri", (text) => URL.canParse(text.replace(/\{[^}]*\}/g, "")));
ajv.addFormat("int64", true);
ajv.addFormat("email", true);
ajv.addSchema({ $id: "github", schemas: description.schemas });
const compiled = new Map<object, ValidateFunction>();

function problems(schema: object, value: unknown): string[] {
  let validate = compiled.get(schema);
  if (!validate) {
    const text = JSON.stringify(schema).replaceAll("#/schemas/", "github#/schemas/");
    validate = ajv.compile(JSON.parse(text) as object);
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath || "it"} ${error.message}`);
}

export function operationOf(method: string, path: string): Described | undefined {
  return description.operations.find(({ method: verb, template }) => {
    const pattern = template.replace("{path}", ".+").replace(/\{[^}]+\}/g, "[^/]+");
    return verb === method && new RegExp(`^${pattern}$`).test(path);
  });
}

/** What is wrong with a request: also fields that GitHub's description does not name. */
export function requestProblems(operation: Described, url: URL, init: FetchInit): string[] {
  const found: string[] = [];
  for (const [name, value] of url.searchParams) {
    const known = operation.query.find((parameter) => parameter.name === name);
    if (!known) found.push(`the query ${name} is not described`);
    else {
      const numeric = JSON.stringify(known.schema).includes('"integer"') && /^\d+$/.test(value);
      found.push(...problems(known.schema, numeric ? Number(value) : value));
    }
  }
  for (const { name, required } of operation.query) {
    if (required && !url.searchParams.has(name)) found.push(`the query ${name} is missing`);
  }
  const text = typeof init.body === "string" ? init.body : "";
  if (text === "") {
    if (operation.body?.required) found.push("the body is missing");
    return found;
  }
  if (!operation.body) return [...found, "no body is described"];
  const body = JSON.parse(text) as object;
  found.push(...problems(operation.body.schema, body));
  const named = Object.keys((operation.body.schema as { properties?: object }).properties ?? {});
  for (const key of Object.keys(body)) {
    if (!named.includes(key)) found.push(`the field ${key} is not described`);
  }
  return found;
}

export function replyProblems(operation: Described, status: number, text: string): string[] {
  if (status >= 300) return [];
  const schema = operation.replies[status];
  if (schema === undefined) return [`the status ${status} is not described`];
  if (schema === null) return text === "" ? [] : ["a body is not described"];
  return problems(schema, JSON.parse(text));
}

export interface Recorded {
  readonly operation: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A fetch that checks every exchange with a server at `base` against the description. */
export function recording(base: string): { fetch: Fetch; calls: Recorded[]; wrong: string[] } {
  const calls: Recorded[] = [];
  const wrong: string[] = [];
  const send: Fetch = async (address, init = {}) => {
    const url = new URL(address);
    const path = url.pathname.slice(new URL(base).pathname.replace(/\/$/, "").length);
    const method = init.method ?? "GET";
    const operation = operationOf(method, path);
    const where = `${method} ${path}`;
    const reply = await globalThis.fetch(url, { ...init, redirect: "manual" } as RequestInit);
    if (!operation) wrong.push(`${where} is not described`);
    else {
      for (const problem of requestProblems(operation, url, init))
        wrong.push(`${where}: ${problem}`);
      const text = await reply.clone().text();
      for (const problem of replyProblems(operation, reply.status, text)) {
        wrong.push(`reply to ${where}: ${problem}`);
      }
    }
    const headers = Object.fromEntries(new Headers(init.headers as Record<string, string>));
    const body =
      typeof init.body === "string" && init.body !== "" ? JSON.parse(init.body) : undefined;
    calls.push({
      operation: `${method} ${operation?.template ?? path}`,
      status: reply.status,
      headers,
      body,
    });
    return reply as unknown as Awaited<ReturnType<Fetch>>;
  };
  return { fetch: send, calls, wrong };
}
