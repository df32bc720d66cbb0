import type * as z from "zod";
import type { Json } from "../../core/json.ts";
import { invalid } from "./error.ts";

/** Checks a body against a schema, and complains of the first problem in Notion's words. */
export function check<T>(schema: () => z.ZodType<T>, value: Json): T {
  const parsed = schema().safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = deepest(parsed.error.issues);
  return invalid(issue === undefined ? "body failed validation." : describe(issue, value));
}

/** Of a union the branch that got furthest is most probably the one that was meant. */
function deepest(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  const [first] = issues;
  if (first?.code !== "invalid_union") return issues;
  const branches = first.errors.filter((branch) => branch.length > 0);
  const ranked = [...branches].sort((a, b) => reach(b) - reach(a));
  const best = ranked[0];
  if (best === undefined || reach(best) === 0) return issues;
  return deepest(best).map((inner) => ({ ...inner, path: [...first.path, ...inner.path] }));
}

function reach(branch: readonly z.core.$ZodIssue[]): number {
  return Math.max(...branch.map(({ path }) => path.length));
}

function describe(issue: z.core.$ZodIssue, root: Json): string {
  const extra = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const path = extra === undefined ? issue.path : [...issue.path, extra];
  const place = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  const found = path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    root,
  );
  const was = found === undefined ? "undefined" : JSON.stringify(found);
  return `body failed validation: body${place.join("")} should be ${expected(issue, found)}, instead was \`${was}\`.`;
}

function expected(issue: z.core.$ZodIssue, found: unknown): string {
  if (issue.code === "unrecognized_keys") return "not present";
  if (found === undefined) return "defined";
  switch (issue.code) {
    case "invalid_type":
      return `${/^[aeiou]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
    case "too_big":
      return issue.origin === "string"
        ? `length should be ≤ \`${issue.maximum}\``.replace("length should be ", "of length ")
        : `of length ≤ \`${issue.maximum}\``;
    case "too_small":
      return `of length ≥ \`${issue.minimum}\``;
    case "invalid_value":
      return issue.values.map((value) => `\`${JSON.stringify(value)}\``).join(" or ");
    default:
      return issue.message;
  }
}
