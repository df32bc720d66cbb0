/** The candidates that were most likely meant by `given`, best first, at most `most`. */
export function suggest(given: string, candidates: Iterable<string>, most = 1): string[] {
  const wanted = given.toLowerCase();
  const limit = Math.max(1, Math.floor(Math.min(given.length, 20) / 3));
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: distance(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => {
      if (distance <= limit) return true;
      return wanted.length >= 3 && candidate.toLowerCase().startsWith(wanted);
    })
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** As the end of a message, a space before it: what was most likely meant, or else `otherwise`. */
export function didYouMean(given: string, candidates: Iterable<string>, otherwise = ""): string {
  const [meant] = suggest(given, candidates);
  return meant === undefined ? otherwise : ` Did you mean "${meant}"?`;
}

/** Edits to get from one to the other; a swap of neighbours counts once. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 20) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, before[j - 2]! + 1);
      }
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
