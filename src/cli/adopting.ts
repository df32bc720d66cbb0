/** What `--adopt` comes to: steps, or all of them. */
export function adopting(
  steps: readonly string[] | undefined,
): ReadonlySet<string> | "all" | undefined {
  if (steps === undefined) return undefined;
  return steps.includes("all") ? "all" : new Set(steps);
}
