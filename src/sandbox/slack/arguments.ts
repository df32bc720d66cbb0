import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import type { SandboxRequest } from "../../core/stand-in.ts";
import { type ArgType, type Method, refuse } from "./call.ts";

/** The arguments as they came, from the query and from a form or JSON body. */
export function received(request: SandboxRequest): JsonObject {
  const given: JsonObject = Object.fromEntries(request.query);
  if (request.body === "") return given;
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === "application/json") return { ...given, ...fromJson(request.body) };
  if (type !== undefined && type !== "" && type !== "application/x-www-form-urlencoded") {
    refuse("invalid_post_type");
  }
  return { ...given, ...Object.fromEntries(new URLSearchParams(request.body)) };
}

function fromJson(body: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return refuse("invalid_json");
  }
  return isObject(parsed) ? (parsed as JsonObject) : refuse("json_not_object");
}

/**
 * The arguments in their types. Slack passes over names it does not know; here they are
 * refused, because a caller that sends one means something by it.
 */
export function checked(method: Method, given: JsonObject): JsonObject {
  const messages: string[] = [];
  const args: JsonObject = {};
  for (const [name, value] of Object.entries(given)) {
    if (name === "token" || value === null) continue;
    const type = Object.hasOwn(method.args, name) ? method.args[name] : undefined;
    if (type === undefined) {
      messages.push(`[ERROR] unknown argument: ${name}`);
      continue;
    }
    const typed = typedValue(type, value);
    if (typed === undefined)
      messages.push(`[ERROR] must be of type ${type} [json-pointer:/${name}]`);
    else args[name] = typed;
  }
  if (messages.length > 0) refuse("invalid_arguments", { response_metadata: { messages } });
  for (const [name, word] of Object.entries(method.required ?? {})) {
    if (args[name] !== undefined) continue;
    refuse(word, {
      response_metadata: { messages: [`[ERROR] missing required field: ${name}`] },
    });
  }
  return args;
}

function typedValue(type: ArgType, value: Json): Json | undefined {
  switch (type) {
    case "string":
      return typeof value === "string" ? value : undefined;
    case "integer":
      if (typeof value === "string" && /^\d{1,9}$/.test(value)) return Number(value);
      return Number.isInteger(value) ? value : undefined;
    case "boolean":
      if (typeof value === "boolean") return value;
      if (value === "true" || value === "1" || value === 1) return true;
      return value === "false" || value === "0" || value === 0 ? false : undefined;
    default: {
      const parsed = typeof value === "string" ? parse(value) : value;
      const fits = type === "array" ? Array.isArray(parsed) : isObject(parsed);
      return fits ? (parsed as Json) : undefined;
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
