import { isObject, type Json } from "../../core/json.ts";
import { dig } from "../../core/references.ts";
import type { ValueOrigin } from "../../core/settings.ts";
import type { Finding, Path, Problem } from "../../core/validate/problem.ts";
import { deepest, forbiddenKeys } from "./json.ts";
import { locate, positionOf, problemsOfSource, type Source } from "./source.ts";

/** A configuration document, whatever it was written in. */
export interface Document {
  /** As shown to people. */
  readonly file: string;
  /** `undefined` when it could not be read. */
  readonly value: Json | undefined;
  /** Its own mistakes, and those that checks have found. */
  problems(findings: readonly Finding[]): Problem[];
  origin(path: Path): ValueOrigin;
}

/** The part of a JSON file at `base`; mistakes in the rest of the file are nobody's concern. */
export function jsonDocument(source: Source, base: readonly string[] = []): Document {
  const { root, file } = source;
  const part = locate(source, base, "key");
  const end = root?.value === undefined ? Number.POSITIVE_INFINITY : endOf(source, base);
  const own = {
    ...source,
    problems:
      base.length === 0
        ? source.problems
        : source.problems.filter((problem) => problem.start >= part.start && problem.end <= end),
  };
  return {
    file,
    value: root === undefined ? undefined : dig(root.value, base),
    problems: (findings) =>
      problemsOfSource(
        own,
        findings.map((item) => ({ ...item, path: [...base, ...item.path] })),
      ),
    origin: (path) => {
      const span = locate(source, [...base, ...path]);
      return { kind: "file", file, ...positionOf(source, span.start) };
    },
  };
}

function endOf(source: Source, base: readonly string[]): number {
  let node = source.root;
  for (const key of base) node = node?.members?.get(key)?.node;
  return node?.end ?? 0;
}

/**
 * A document in YAML, JavaScript or TypeScript. Positions are those of the keys' first mention
 * in order, which holds for what is written out and not computed.
 */
export function looseDocument(file: string, text: string, value: Json): Document {
  const lines = text.split(/\r\n|\n|\r/);
  const place = (path: Path) => findKeys(lines, path);
  const own = strangeKeys(value);
  return {
    file,
    value,
    problems: (findings) => {
      // Where a value ends is not known here, so no line is shown beside a secret.
      const isSafe = !findings.some(({ secret }) => secret === true);
      return [...own, ...findings.filter(isOrdinary)].map((finding) => {
        const position = place(finding.path);
        const { code, message, suggestion, path } = finding;
        const key = String(path.at(-1) ?? "");
        return {
          code,
          message,
          text: key,
          file,
          line: position?.line ?? 1,
          column: position?.column ?? 1,
          ...(suggestion === undefined ? {} : { suggestion }),
          ...(position && isSafe ? { source: lines[position.line - 1] ?? "" } : {}),
        };
      });
    },
    origin: (path) => ({ kind: "file", file, ...place(path) }),
  };
}

/** Whether it does not repeat what `strangeKeys` tells of the same key. */
function isOrdinary({ path }: Finding): boolean {
  return !path.some((key) => forbiddenKeys.has(String(key)));
}

function findKeys(lines: readonly string[], path: Path) {
  let position: { line: number; column: number } | undefined;
  let from = 0;
  for (const key of path) {
    if (typeof key === "number") continue;
    const escaped = key.replace(/[^\w]/g, "\\$&");
    const pattern = new RegExp(`(^|[\\s{,])(["']?${escaped}["']?)\\s*:`);
    const line = lines.findIndex((text, index) => index >= from && pattern.test(text));
    if (line < 0) return position;
    const match = pattern.exec(lines[line] as string);
    position = { line: line + 1, column: (match?.index ?? 0) + (match?.[1]?.length ?? 0) + 1 };
    from = line;
  }
  return position;
}

/** Keys that reach into how objects work, and nesting that is too deep. */
function strangeKeys(root: Json): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<unknown>();
  const visit = (value: unknown, path: Path): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (path.length > deepest) {
      const message = `This is nested deeper than ${deepest} levels.`;
      findings.push({ code: "CONFIG_TOO_DEEP", message, path });
      return;
    }
    for (const key of Object.keys(value)) {
      if (forbiddenKeys.has(key)) {
        const message = `The key "${key}" is not allowed anywhere: it reaches into how objects work.`;
        findings.push({ code: "CONFIG_FORBIDDEN_KEY", message, path: [...path, key], at: "key" });
      } else if (isObject(value)) visit(value[key], [...path, key]);
      else visit((value as unknown[])[Number(key)], [...path, Number(key)]);
    }
  };
  visit(root, []);
  return findings;
}
