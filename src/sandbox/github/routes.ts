import type { SandboxRequest } from "../../core/stand-in.ts";
import type { Operation } from "./exchange.ts";

export interface Found {
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
}

/** Finds the operation of a request. Encoded slashes do not split a name; a file's path may hold any. */
export function matcher(
  operations: readonly Operation[],
): (request: SandboxRequest) => Found | undefined {
  const routes = operations.map((operation) => ({
    operation,
    parts: operation.template.split("/"),
  }));
  return ({ method, path }) => {
    const given = path.split("/");
    for (const { operation, parts } of routes) {
      if (operation.method !== method) continue;
      const values = match(parts, given);
      if (values) return { operation, path: values };
    }
    return undefined;
  };
}

function match(
  parts: readonly string[],
  given: readonly string[],
): Record<string, string> | undefined {
  const last = parts.at(-1) === "{path}";
  if (last ? given.length < parts.length : given.length !== parts.length) return undefined;
  const values: Record<string, string> = {};
  for (const [at, part] of parts.entries()) {
    const open = last && at === parts.length - 1;
    const text = open ? given.slice(at).join("/") : given[at]!;
    if (!part.startsWith("{")) {
      if (part !== text) return undefined;
      continue;
    }
    const value = decode(text);
    if (value === undefined || value === "") return undefined;
    values[part.slice(1, -1)] = value;
  }
  return values;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
