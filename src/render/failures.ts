import { catalogue } from "../core/catalogue/catalogue.ts";
import type { Failure } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { formatProblem } from "../core/validate/format.ts";
import { problemsOf } from "../core/validate/problem.ts";
import { type Paint, paintFor, symbolsFor, type Terminal, withOptions } from "./terminal.ts";
import { hanging, oneLine, width } from "./text.ts";

/** Where the entry of a code stands in the documentation. */
export function docsAnchor(code: string): string {
  return `docs/troubleshooting-guide.md#${code.toLowerCase()}`;
}

/** A failure for people: what happened, why, what to do next, where to read on. */
export function failureText(failure: Failure, terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  const symbols = symbolsFor(terminal);
  const entry = catalogue[failure.code];
  const problems = problemsOf(failure.details);
  const columns = terminal.width;
  const said = (text: string): string => withOptions(oneLine(text), terminal);
  const head = `${symbols.failed} ${failure.code}  `;
  // Where the code leaves too little room beside it, it has the first line for itself.
  const narrow = columns - width(head) < 30;
  const label = narrow ? "  " : head;
  const lines = messagesOf(failure).flatMap((text, at) =>
    hanging(at === 0 ? label : " ".repeat(width(label)), said(text), columns),
  );
  if (narrow) lines.unshift(paint.bad(head.trimEnd()));
  else lines[0] = lines[0]!.replace(head, `${paint.bad(head.trimEnd())}  `);
  if (problems.length > 0) {
    for (const problem of problems)
      lines.push("", ...problemText(formatProblem(problem, columns), columns, paint));
    lines.push("");
  }
  const facts = (label: string, text: string): void => {
    lines.push(...hanging(`  ${label}  `, text, columns));
  };
  if (entry !== undefined && problems.length === 0) facts("why ", entry.why);
  if (entry !== undefined) facts("next", said(entry.next));
  const read = problems.length > 0 ? `testx explain CODE` : `testx explain ${failure.code}`;
  // A provider of somebody's own may have codes of its own.
  if (entry !== undefined) facts("more", `\`${read}\`, ${docsAnchor(failure.code)}`);
  if (failure.requestId !== undefined) facts("call", `request ${oneLine(failure.requestId)}`);
  return lines.map((line) =>
    line.replace(/^ {2}(why |next|more|call) {2}/, (label) => paint.faint(label)),
  );
}

/** A failure with several causes tells each of them on a line of its own. */
function messagesOf({ message, details }: Failure): string[] {
  const several = details?.messages;
  return Array.isArray(several) && several.length > 0 ? several.map(String) : [message];
}

/** The place, the message (wrapped) and the line that it is about. */
function problemText(text: string, columns: number, paint: Paint): string[] {
  return text.split("\n").flatMap((line, index) => {
    if (index === 0) {
      const space = line.lastIndexOf(" ");
      const place = line.slice(0, space).trimEnd();
      return [`${paint.strong(place)} ${paint.bad(line.slice(space + 1))}`.trim()];
    }
    if (index === 1) return hanging("  ", oneLine(line).trim(), columns);
    return [line.replace(/\^+$/, (marks) => paint.bad(marks))];
  });
}

/** For `--json`. */
export function failureJson(failure: Failure): JsonObject {
  const entry = catalogue[failure.code];
  const defined = Object.entries(failure).filter(([, value]) => value !== undefined);
  return {
    error: {
      ...(Object.fromEntries(defined) as { [key: string]: Json }),
      ...(entry === undefined ? {} : { why: entry.why, next: entry.next }),
      docs: docsAnchor(failure.code),
    },
  };
}

/** What is printed for a bug of ours: the only place where a stack trace is shown. */
export function bugText(error: unknown, terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  const stack = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return [
    `${paint.bad(`${symbolsFor(terminal).failed} BUG`)}  This is a bug in testx, not your mistake.`,
    ...stack.split("\n").map((line) => `  ${line}`),
    `  Please report it with these lines and the command that you ran. Running it again is safe.`,
  ];
}
