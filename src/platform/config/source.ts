import type { Finding, Path, Problem } from "../../core/validate/problem.ts";
import { type JsonMember, type JsonNode, parseJson } from "./json.ts";
import { offsetInString, type Span, type TextProblem } from "./text.ts";

/** A JSON document with the text it was read from. */
export interface Source {
  /** As shown to people. */
  readonly file: string;
  readonly text: string;
  readonly root: JsonNode | undefined;
  /** Mistakes in the text itself. */
  readonly problems: readonly TextProblem[];
  /** Offsets at which lines begin, ascending; the first is 0. */
  readonly lines: Uint32Array;
}

export function sourceOf(file: string, text: string): Source {
  const lines = new Uint32Array(lineStarts(text));
  if (text.trim() === "") {
    const problem = { code: "CONFIG_EMPTY", message: "The file is empty.", start: 0, end: 0 };
    return { file, text, root: undefined, problems: [problem], lines };
  }
  const { root, problems } = parseJson(text);
  return { file, text, root, problems, lines };
}

/** A source that could not be read: nothing but its problem. */
export function brokenSource(file: string, code: string, message: string): Source {
  const problems = [{ code, message, start: 0, end: 0 }];
  return { file, text: "", root: undefined, problems, lines: new Uint32Array(1) };
}

/** The text position of what a path names; of what does not exist, that of its owner. */
export function locate(source: Source, path: Path, at: "key" | "value" = "value"): Span {
  let node = source.root;
  if (node === undefined) return { start: 0, end: 0 };
  let span: Span = isNested(node) ? { start: node.start, end: node.start + 1 } : node;
  for (const [depth, part] of path.entries()) {
    const item: JsonNode | undefined = typeof part === "number" ? node.items?.[part] : undefined;
    const member: JsonMember | undefined =
      typeof part === "string" ? node.members?.get(part) : undefined;
    const next: JsonNode | undefined = item ?? member?.node;
    if (next === undefined) return span;
    node = next;
    const isLast = depth === path.length - 1;
    // An object is named by its key: underlining pages of text would help nobody.
    if (member !== undefined && (isNested(node) || (isLast && at === "key"))) span = member.key;
    else span = isNested(node) ? { start: node.start, end: node.start + 1 } : node;
  }
  return span;
}

function isNested(node: JsonNode): boolean {
  return node.members !== undefined || node.items !== undefined;
}

/** More than anybody is shown: a hostile file must not cost minutes. */
const mostPlaced = 2_000;

/** All mistakes of a source as problems; what may be a secret is masked in every one of them. */
export function problemsOfSource(source: Source, all: readonly Finding[]): Problem[] {
  const findings = all.length > mostPlaced ? all.slice(0, mostPlaced) : all;
  const spans = findings.map((finding) => spanOf(source, finding));
  const secrets = spans.filter((_, index) => findings[index]?.secret === true);
  const shown = secrets.length === 0 ? source.text : masked(source.text, secrets);
  return [
    ...source.problems.map((problem) => problemAt(source, shown, problem, problem)),
    ...findings.map((finding, index) => problemAt(source, shown, spans[index] as Span, finding)),
  ];
}

function spanOf(source: Source, finding: Finding): Span {
  const span = locate(source, finding.path, finding.at);
  const part = finding.part;
  if (part === undefined || source.text[span.start] !== '"') return span;
  return {
    start: offsetInString(source.text, span.start, part.offset),
    end: offsetInString(source.text, span.start, part.offset + part.length),
  };
}

/** The same text, of the same length, with stars in place of the spans. */
function masked(text: string, spans: readonly Span[]): string {
  let result = "";
  let from = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (end <= from) continue;
    const begin = Math.max(start, from);
    result += text.slice(from, begin) + "*".repeat(end - begin);
    from = end;
  }
  return result + text.slice(from);
}

/** Of a line longer than this only the surroundings are kept. */
const longest = 400;

function problemAt(
  source: Source,
  shown: string,
  span: Span,
  what: Pick<Finding, "code" | "message" | "suggestion" | "variable">,
): Problem {
  const { file, lines } = source;
  const position = positionOf(source, span.start);
  const start = lines[position.line - 1] as number;
  const line = shown.slice(start, lines[position.line] ?? shown.length).replace(/[\r\n]+$/, "");
  const from = line.length > longest ? Math.max(0, position.column - 1 - longest / 2) : 0;
  const text = shown.slice(span.start, span.end).split(/[\r\n]/, 1)[0] as string;
  return {
    code: what.code,
    message: what.message,
    text: text.length <= 80 ? text : `${text.slice(0, 79).toWellFormed()}…`,
    ...(what.suggestion === undefined ? {} : { suggestion: what.suggestion }),
    ...(what.variable === undefined ? {} : { variable: what.variable }),
    file,
    ...position,
    source: line.slice(from, from + longest).toWellFormed(),
    ...(from > 0 ? { sourceFrom: from + 1 } : {}),
  };
}

/** Line and column, both from 1; columns in UTF-16 units as editors count. */
export function positionOf(source: Source, offset: number): { line: number; column: number } {
  const { lines } = source;
  let low = 0;
  let high = lines.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lines[middle] as number) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (lines[low] as number) + 1 };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}
