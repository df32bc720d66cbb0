import { type Failure, failure, rootFailure } from "../../core/failure.ts";

/** What a check threw; anything that is no failure yet is a call that got no answer. */
export function classify(error: unknown): Failure {
  const known = rootFailure(error);
  if (known !== undefined) return known;
  if (error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError")) {
    return failure("HTTP_CHECK_INTERRUPTED", "the check was stopped before an answer came", {
      outcome: "unknown",
      transient: error.name === "TimeoutError",
    });
  }
  return failure("HTTP_CHECK_UNREACHABLE", `no answer: ${reason(error)}`, {
    outcome: "unknown",
    transient: true,
  });
}

/** The innermost cause says most: fetch wraps what the socket reported. */
function reason(error: unknown): string {
  let current = error;
  for (let depth = 0; depth < 5; depth += 1) {
    if (!(current instanceof Error) || !(current.cause instanceof Error)) break;
    current = current.cause;
  }
  return current instanceof Error ? current.message : String(current);
}
