import type { Problem } from "./problem.ts";

/**
 * A problem as a few lines of plain text:
 *
 *     config/integrations/integration-sequence.json:12:20 GRAPH_UNKNOWN_DEPENDENCY
 *       github depends on "notoin", which is not in the sequence. Did you mean "notion"?
 *       12 |       "dependsOn": ["notoin"]
 *          |                     ^^^^^^^^
 *
 * Of a longer line as much as `columns` have room for is shown, so that the marks stay below it.
 */
export function formatProblem(problem: Problem, columns = Number.POSITIVE_INFINITY): string {
  const place =
    problem.file === undefined
      ? (problem.variable ?? "")
      : [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(":");
  const hint = problem.suggestion === undefined ? "" : ` Did you mean "${problem.suggestion}"?`;
  const lines = [`${place} ${problem.code}`.trim(), `  ${problem.message}${hint}`];
  // Of an empty line, or a file that could not be read, there is nothing to show.
  if (problem.source && problem.line !== undefined && problem.column !== undefined) {
    const column = problem.column - (problem.sourceFrom ?? 1);
    const number = String(problem.line);
    const room = columns - number.length - "   | ……".length;
    const { shown, indent, marks } = excerpt(problem.source, column, problem.text, room);
    lines.push(`  ${number} | ${shown}`);
    lines.push(`  ${" ".repeat(number.length)} | ${indent}${"^".repeat(marks)}`);
  }
  return lines.join("\n");
}

/** The part of the line around the column, and what to print below it so that the marks fit. */
function excerpt(line: string, column: number, text: string, columns: number) {
  const widest = Math.max(10, Math.min(100, columns));
  const from = column > widest * 0.7 ? column - Math.floor(widest * 0.4) : 0;
  const head = from > 0 ? "…" : "";
  const tail = line.length > from + widest ? "…" : "";
  const shown = head + printable(line.slice(from, from + widest)) + tail;
  const before = head + line.slice(from, column);
  const room = Math.max(1, from + widest - column);
  const marked = line.startsWith(text, column) ? text.slice(0, room) : "";
  return { shown, indent: " ".repeat(width(before)), marks: Math.max(1, width(marked)) };
}

/** Tabs become one space and control characters a sign, so that columns stay where they are. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal would obey them
  return text.replace(/\t/g, " ").replace(/[\u0000-\u001f\u007f-\u009f]/g, "\u00b7");
}

/** Columns a terminal uses: combining marks none, East Asian and emoji two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{Mark}|\u200d|\ufe0f/u.test(character)) continue;
    columns +=
      /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}
