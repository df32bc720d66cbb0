/** Lines that belong together, under a blank line. */
export interface Section {
  readonly lines: readonly string[];
  /** How many are shown in any case, as long as there is room. */
  readonly least: number;
  /** Stands for those that are left out. */
  more?(left: number): string;
}

/** As many lines of each section as fit into so many rows: first the least of all, then more. */
export function fitted(sections: readonly Section[], rows: number): string[] {
  const present = sections.filter(({ lines }) => lines.length > 0);
  // A line of each and the blanks between them, else the last ones are left out.
  const shown = present.slice(0, Math.max(1, Math.floor((rows + 1) / 2)));
  let room = rows - Math.max(0, shown.length - 1);
  const take = shown.map(({ lines, least }) => {
    const many = Math.max(0, Math.min(lines.length, least, room));
    room -= many;
    return many;
  });
  shown.forEach(({ lines }, index) => {
    const extra = Math.max(0, Math.min(lines.length - (take[index] ?? 0), room));
    take[index] = (take[index] ?? 0) + extra;
    room -= extra;
  });
  const parts = shown.map((section, index) => part(section, take[index] ?? 0));
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]))
    .slice(0, Math.max(0, rows));
}

function part({ lines, more }: Section, many: number): string[] {
  if (many >= lines.length || more === undefined || many < 2) return lines.slice(0, many);
  return [...lines.slice(0, many - 1), more(lines.length - many + 1)];
}
