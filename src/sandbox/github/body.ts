import type * as z from "zod";
import { isObject } from "../../core/json.ts";
import { malformed, Refusal } from "./refusal.ts";

/**
 * A request's body in the form that the operation describes. GitHub passes over most fields it
 * does not know; here they are refused, so that a misspelt one is noticed.
 */
export function parseBody<T>(schema: () => z.ZodType<T>, text: string): T {
  let value: unknown = {};
  if (text !== "") {
    try {
      value = JSON.parse(text);
    } catch {
      throw new Refusal(400, "Problems parsing JSON");
    }
  }
  if (value === null) value = {};
  if (!isObject(value)) throw new Refusal(400, "Body should be a JSON object");
  const result = schema().safeParse(value);
  if (result.success) return result.data;
  throw malformed(result.error.issues.map((issue) => said(issue, value)).join("\n"));
}

function said(issue: z.core.$ZodIssue, body: unknown): string {
  const path = issue.path.join("/");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `"${key}" is not a permitted key.`).join("\n");
  }
  const absent = issue.code === "invalid_type" && at(body, issue.path) === undefined;
  if (absent) return `"${String(issue.path.at(-1))}" wasn't supplied.`;
  return `For 'properties/${path}', ${issue.message}.`;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) current = (current as Record<PropertyKey, unknown> | undefined)?.[key];
  return current;
}
