import { isObject, type Json } from "../../core/json.ts";
import { dig } from "../../core/references.ts";
import type { SchemaIssue } from "../../core/schema.ts";
import { type Finding, near, type Path } from "../../core/validate/problem.ts";
import { asReference } from "./odd.ts";
import { propertiesAt } from "./schema-walk.ts";

/** What zod says beyond the Standard Schema; other validators leave it out. */
interface ZodIssue extends SchemaIssue {
  readonly code?: string;
  readonly keys?: readonly string[];
  readonly expected?: string;
  readonly values?: readonly unknown[];
  readonly options?: readonly unknown[];
  readonly discriminator?: string;
  readonly errors?: readonly (readonly ZodIssue[])[];
  readonly issues?: readonly ZodIssue[];
}

export interface IssueContext {
  /** The value that was validated. */
  readonly value: Json;
  /** Its JSON Schema, for did-you-mean. */
  readonly schema: () => unknown;
  /** Whether a mistake at this path may be passed over: what stands there is known only later. */
  readonly excused: (path: Path) => boolean;
}

/** Turns a validator's issues into findings: one for each key that is wrong. */
export function findingsOf(issues: readonly SchemaIssue[], context: IssueContext): Finding[] {
  const found = issues.flatMap((issue) => translate(issue as ZodIssue, [], context));
  // What is missing because it is misspelt is no second mistake.
  const meant = found.flatMap(({ path, suggestion, at }) =>
    suggestion === undefined || at !== "key"
      ? []
      : place(missing([...path.slice(0, -1), suggestion])),
  );
  if (meant.length === 0) return found;
  const told = new Set(meant);
  return found.filter((finding) => !told.has(place(finding)));
}

function place({ code, path, message }: Finding): string {
  return JSON.stringify([code, path, message]);
}

function translate(issue: ZodIssue, base: Path, context: IssueContext): Finding[] {
  const path = [...base, ...pathOf(issue)];
  switch (issue.code) {
    case "unrecognized_keys":
      return (issue.keys ?? []).map((key) => unknownKey([...path, key], context));
    case "invalid_union":
      return union(issue, path, context);
    case "invalid_key": {
      const message = sentence(issue.issues?.[0]?.message ?? issue.message);
      return [{ code: "CONFIG_BAD_NAME", message, path, at: "key" }];
    }
  }
  if (context.excused(path)) return [];
  if (isMissing(path, context)) return [missing(path)];
  switch (issue.code) {
    case "invalid_type": {
      const expected = article(issue.expected ?? "another type");
      const message = `Expected ${expected}, found ${typeName(dig(context.value, keys(path)))}.`;
      return [{ code: "CONFIG_WRONG_TYPE", message, path }];
    }
    case "invalid_value":
      return [badChoice(issue.values ?? [], path, context)];
  }
  // Checks of a whole object by a rule of its own cannot be judged while parts are unknown.
  if (issue.code === "custom" && holdsExcused(path, context)) return [];
  const suggestion = asReference(dig(context.value, keys(path)));
  const message = sentence(issue.message);
  return [{ code: "CONFIG_BAD_VALUE", message, path, ...(suggestion && { suggestion }) }];
}

function union(issue: ZodIssue, path: Path, context: IssueContext): Finding[] {
  if (context.excused(path)) return [];
  if (isMissing(path, context)) return [missing(path)];
  const branches = issue.errors ?? [];
  if (branches.length === 0) return [badChoice(issue.options ?? [], path, context)];
  const actual = dig(context.value, keys(path));
  const isNoChoice = (nested: ZodIssue) => nested.code === "invalid_value" && isObject(actual);
  const found = branches.map((branch) => ({
    findings: branch.flatMap((nested) => translate(nested, path, context)),
    // A branch that fails right at the value is not the one that was meant.
    isOff: branch.some(
      (nested) =>
        pathOf(nested).length === 0 && (nested.code === "invalid_type" || isNoChoice(nested)),
    ),
  }));
  if (found.some(({ findings }) => findings.length === 0)) return [];
  const meant = found.filter(({ isOff }) => !isOff);
  if (meant.length > 0) {
    return meant.reduce((a, b) => (b.findings.length < a.findings.length ? b : a)).findings;
  }
  const wanted = [
    ...new Set(branches.map((branch) => article(branch[0]?.expected ?? "another type"))),
  ];
  return [
    {
      code: "CONFIG_WRONG_TYPE",
      message: `Expected ${wanted.join(" or ")}, found ${typeName(actual)}.`,
      path,
    },
  ];
}

function unknownKey(path: Path, context: IssueContext): Finding {
  const key = String(path.at(-1));
  const known = propertiesAt(context.schema(), path.slice(0, -1));
  const suggestion = near([], key, known);
  const choice = known.length === 0 || known.length > 12 ? "" : ` Known here: ${known.join(", ")}.`;
  return {
    code: "CONFIG_UNKNOWN_KEY",
    message: `There is no key "${key}" here.${suggestion === undefined ? choice : ""}`,
    path,
    at: "key",
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function badChoice(values: readonly unknown[], path: Path, context: IssueContext): Finding {
  const texts = values.map(String);
  const actual = dig(context.value, keys(path));
  const suggestion = typeof actual === "string" ? near([], actual, texts) : undefined;
  const message =
    texts.length === 1 ? `This must be ${texts[0]}.` : `This must be one of ${texts.join(", ")}.`;
  return {
    code: "CONFIG_BAD_VALUE",
    message,
    path,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function missing(path: Path): Finding {
  const key = String(path.at(-1));
  return {
    code: "CONFIG_MISSING_KEY",
    message: `The key "${key}" is missing here.`,
    path: path.slice(0, -1),
  };
}

function isMissing(path: Path, context: IssueContext): boolean {
  return path.length > 0 && dig(context.value, keys(path)) === undefined;
}

function holdsExcused(path: Path, context: IssueContext): boolean {
  const visit = (value: Json | undefined, at: Path): boolean => {
    if (context.excused(at)) return true;
    if (Array.isArray(value)) return value.some((item, index) => visit(item, [...at, index]));
    return (
      isObject(value) && Object.keys(value).some((key) => visit(value[key] as Json, [...at, key]))
    );
  };
  return visit(dig(context.value, keys(path)), path);
}

function pathOf(issue: SchemaIssue): Path {
  return (issue.path ?? []).map((part) => {
    const key = typeof part === "object" ? part.key : part;
    return typeof key === "number" ? key : String(key);
  });
}

function keys(path: Path): string[] {
  return path.map(String);
}

function typeName(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return article(Array.isArray(value) ? "array" : typeof value);
}

function article(type: string): string {
  const name = type === "int" ? "whole number" : type === "record" ? "object" : type;
  if (name === "null" || name.startsWith("another")) return name;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
