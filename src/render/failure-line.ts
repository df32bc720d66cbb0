import type { Failure } from "../core/failure.ts";
import { problemsOf } from "../core/validate/problem.ts";
import { count, oneLine } from "./text.ts";

/** One line for where there is room for one only. */
export function failureLine(failure: Failure): string {
  const problems = problemsOf(failure.details).length;
  const more = problems > 1 ? ` (${count(problems, "problem")})` : "";
  return `${failure.code}: ${oneLine(failure.message)}${more}`;
}
