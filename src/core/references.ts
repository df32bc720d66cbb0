import type { Json, JsonObject } from "./json.ts";
import type { StepId } from "./step.ts";

export interface Reference {
  /** `slack.channel.id`, as between the braces. */
  readonly text: string;
  /** The dot-separated parts. `env.NAME` has two, a receipt's value at least three. */
  readonly parts: readonly string[];
  /** Where it stands: keys and indices from the value's root. */
  readonly path: readonly (string | number)[];
  /** Offset of `${` within the string at `path`. */
  readonly offset: number;
  /** From `${` to `}`, both included. */
  readonly length: number;
}

/** A `${` that no `}` closes, or that has another brace inside. */
export type BrokenReference = Pick<Reference, "path" | "offset" | "length">;

/** `${a.b.c}`; `$${` stands for a literal `${`. */
const pattern = /\$(\$\{)|\$\{([^{}]*)\}/g;
const lenient = /\$(\$\{)|\$\{([^{}]*)\}|\$\{[^{}]*/g;
const whole = /^\$\{([^{}]*)\}$/;

/** All references in a value, in order of appearance. */
export function findReferences(root: Json): Reference[] {
  return scanReferences(root).references;
}

/** The steps whose receipts a value refers to. */
export function referredSteps(value: Json): Set<StepId> {
  return new Set(
    findReferences(value)
      .filter(({ parts }) => parts[0] !== "env")
      .map(({ parts }) => `${parts[0]}.${parts[1]}`),
  );
}

/** All references in a value, and what looks like one but cannot be read. */
export function scanReferences(root: Json): {
  references: Reference[];
  broken: BrokenReference[];
} {
  const references: Reference[] = [];
  const broken: BrokenReference[] = [];
  const path: (string | number)[] = [];
  const visit = (value: Json): void => {
    if (typeof value === "string") {
      if (!value.includes("${")) return;
      for (const match of value.matchAll(lenient)) {
        if (match[1] !== undefined) continue;
        const place = { path: [...path], offset: match.index, length: match[0].length };
        if (match[2] === undefined) broken.push(place);
        else {
          const text = match[2].trim();
          references.push({ text, parts: text.split("."), ...place });
        }
      }
    } else if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        path.push(index);
        visit(value[index] as Json);
        path.pop();
      }
    } else if (value !== null && typeof value === "object") {
      for (const key of Object.keys(value)) {
        path.push(key);
        visit(value[key] as Json);
        path.pop();
      }
    }
  };
  visit(root);
  return { references, broken };
}

export interface Resolved<T> {
  readonly value: T;
  /** References without a value; their places hold a readable placeholder. */
  readonly missing: readonly Reference[];
}

/**
 * Puts values in place of references. A string that is one reference and nothing else becomes
 * the value itself, of any type; inside longer text it becomes text.
 */
export function resolve(
  root: JsonObject,
  lookup: (parts: readonly string[]) => Json | undefined,
): Resolved<JsonObject> {
  const missing: Reference[] = [];
  const text = (value: string, path: readonly (string | number)[]): Json => {
    const only = whole.exec(value);
    if (only?.[1] !== undefined) return get(only[1], path, 0);
    return value.replace(pattern, (all: string, escaped: string, inner: string, offset: number) => {
      if (escaped !== undefined) return escaped;
      if (inner === undefined) return all;
      const found = get(inner, path, offset);
      return typeof found === "string" ? found : JSON.stringify(found);
    });
  };
  const get = (inner: string, path: readonly (string | number)[], offset: number): Json => {
    const name = inner.trim();
    const parts = name.split(".");
    const found = lookup(parts);
    if (found !== undefined) return found;
    missing.push({ text: name, parts, path, offset, length: inner.length + 3 });
    return placeholder(name);
  };
  const visit = (value: Json, path: readonly (string | number)[]): Json => {
    if (typeof value === "string") return text(value, path);
    if (Array.isArray(value)) return value.map((item, index) => visit(item, [...path, index]));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, visit(item, [...path, key])]),
      );
    }
    return value;
  };
  return { value: visit(root, []) as JsonObject, missing };
}

/** What stands for a value that is known only later. */
export function placeholder(reference: string): string {
  return `\u27e8${reference}\u27e9`;
}

/** The value at a path of keys, for looking into a receipt; a key may have dots in it. */
export function dig(root: Json, path: readonly string[]): Json | undefined {
  let current: Json | undefined = root;
  for (const [at, key] of path.entries()) {
    if (Array.isArray(current)) current = current[Number(key)];
    else if (current === null || typeof current !== "object") return undefined;
    else if (Object.hasOwn(current, key)) current = current[key];
    else {
      const rest = path.slice(at).join(".");
      return Object.hasOwn(current, rest) ? current[rest] : undefined;
    }
  }
  return current;
}
