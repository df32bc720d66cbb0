import { isObject, type Json } from "../../core/json.ts";
import type { ValueOrigin } from "../../core/settings.ts";
import type { Finding, Path } from "../../core/validate/problem.ts";
import type { Given } from "./environment.ts";

/** A part of a configuration file: its value, and where each piece of it stands. */
export interface Section<T> {
  readonly value: NonNullable<T>;
  readonly origin: (path: Path) => ValueOrigin;
  readonly report: (finding: Finding) => void;
}

/** What holds for one integration, by name within its settings: `retry.maxAttempts`. */
export type Values = Map<string, Given>;

/** A value with its place. */
export function given<T>(section: Section<T>, path: Path, value: Json): Given {
  return {
    value,
    origin: section.origin(path),
    blame: (code, message) => section.report({ code, message, path }),
  };
}

/** Sets each value of an object under a prefix. */
export function leaves<T>(
  section: Section<T>,
  path: Path,
  value: unknown,
  prefix: string,
  values: Values,
): void {
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined)
      values.set(`${prefix}.${key}`, given(section, [...path, key], item as Json));
  }
}

export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, key) => member(node, String(key)), value);
}

export function member<T>(
  value: Readonly<Record<string, T>> | unknown,
  key: string,
): T | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? (value[key] as T) : undefined;
}
