/**
 * Pairs of equal entries, in order in both lists, as many as possible (a longest common
 * subsequence). Gives, by index in `wanted`, the index in `present`, or -1.
 */
export function align(
  wanted: readonly string[],
  present: readonly (string | undefined)[],
): number[] {
  const pairs = new Array<number>(wanted.length).fill(-1);
  let start = 0;
  while (start < wanted.length && wanted[start] === present[start]) {
    pairs[start] = start;
    start += 1;
  }
  let end = 0;
  while (
    end < wanted.length - start &&
    end < present.length - start &&
    wanted[wanted.length - 1 - end] === present[present.length - 1 - end]
  ) {
    pairs[wanted.length - 1 - end] = present.length - 1 - end;
    end += 1;
  }
  const rows = wanted.length - start - end;
  const columns = present.length - start - end;
  if (rows === 0 || columns === 0) return pairs;
  const width = columns + 1;
  const longest = new Uint32Array((rows + 1) * width);
  const at = (row: number, column: number): number => longest[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      longest[row * width + column] =
        wanted[start + row] === present[start + column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    if (wanted[start + row] === present[start + column]) {
      pairs[start + row] = start + column;
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return pairs;
}
