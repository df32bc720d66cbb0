/** The most that was used within any window of that length, both its ends included. */
export function mostWithin(
  used: readonly (readonly [at: number, cost: number])[],
  perMs: number,
): number {
  let most = 0;
  let sum = 0;
  let from = 0;
  for (const [at, cost] of used) {
    sum += cost;
    while ((used[from]?.[0] ?? 0) < at - perMs) sum -= used[from++]?.[1] ?? 0;
    most = Math.max(most, sum);
  }
  return most;
}
