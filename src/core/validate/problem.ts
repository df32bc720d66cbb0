import type { JsonObject } from "../json.ts";
import { suggest } from "../suggest.ts";

export type Path = readonly (string | number)[];

/** A mistake in a document, placed by its path: what the pure checks give. */
export interface Finding {
  /** Key of the error catalogue. */
  readonly code: string;
  /** One sentence. No secret. */
  readonly message: string;
  readonly path: Path;
  /** Whether the key at the end of the path is meant, or its value (the usual case). */
  readonly at?: "key" | "value";
  /** Within a string: where the offending part begins, and how long it is, in UTF-16 units. */
  readonly part?: { readonly offset: number; readonly length: number };
  readonly suggestion?: string;
  /** The environment variable that the value comes from, where it is that which is wrong. */
  readonly variable?: string;
  /** The text there may be a secret: it is not repeated. */
  readonly secret?: boolean;
}

/** A mistake as people and scripts see it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** The offending text, cut at 80 characters. */
  readonly text: string;
  readonly suggestion?: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 units as editors count. */
  readonly column?: number;
  /** The line it stands in, masked where it may show a secret. */
  readonly source?: string;
  /** The column at which `source` begins, when it is cut out of a very long line. */
  readonly sourceFrom?: number;
  /** The environment variable or flag, when the value came from there. */
  readonly variable?: string;
}

/** For `Failure.details`. */
export function problemDetails(problems: readonly Problem[]): JsonObject {
  return { problems: problems.map((problem) => ({ ...problem })) };
}

/** The problems that a failure carries, for renderers; `[]` when it carries none. */
export function problemsOf(details: JsonObject | undefined): readonly Problem[] {
  const problems = details?.problems;
  return Array.isArray(problems) ? (problems as unknown as Problem[]) : [];
}

/**
 * By file, line and column. Cycles follow as they come, shortest first; what has no place is
 * last.
 */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const last = Number.POSITIVE_INFINITY;
  const files = [...new Set(problems.map(({ file }) => file))].filter((file) => file !== undefined);
  const ranks = new Map(files.map((file, index) => [file, index]));
  const rank = ({ file }: Problem) => (file === undefined ? last : (ranks.get(file) ?? last));
  const isCycle = ({ code }: Problem) => (code === "GRAPH_CYCLE" ? 1 : 0);
  return [...problems].sort((a, b) => {
    const outer = compare(rank(a), rank(b)) || isCycle(a) - isCycle(b);
    if (outer !== 0 || isCycle(a)) return outer;
    return compare(a.line ?? last, b.line ?? last) || compare(a.column ?? last, b.column ?? last);
  });
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** `a → b → a`; of a long one the beginning and the end. */
export function pathText(names: readonly string[]): string {
  const [head, tail] = [12, 3];
  const left = names.length - head - tail;
  const shown =
    left <= 1 ? names : [...names.slice(0, head), `… ${left} more …`, ...names.slice(-tail)];
  return shown.join(" → ");
}

/** Appends one by one: there may be more findings than a call takes arguments. */
export function append(findings: Finding[], more: readonly Finding[]): void {
  for (const finding of more) findings.push(finding);
}

/** A did-you-mean, as long as looking for it is quick: few candidates, few problems so far. */
export function near(
  soFar: readonly unknown[],
  word: string,
  candidates: readonly string[],
): string | undefined {
  if (soFar.length > 100 || candidates.length > 2_000 || word.length > 100) return undefined;
  return suggest(word, candidates).find((candidate) => candidate !== word);
}
