import { graphOf } from "../../src/core/graph.ts";
import fc from "../support/property.ts";

/** Random graphs as adjacency lists over node numbers, cycles and self-loops included. */
export const anyGraph = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.array(fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 4 }), {
    minLength: size,
    maxLength: size,
  }),
);

/** The graph of an adjacency list, with nodes `n0`, `n1`, … */
export function build(rows: number[][]) {
  return graphOf(
    rows.map((_, node) => `n${node}`),
    (_, node) => (rows[node] ?? []).map((to) => `n${to}`),
  );
}

/** By node: the length of the shortest way to each node, in edges, by the plainest of algorithms. */
export function distances(rows: number[][]): number[][] {
  const far = Number.POSITIVE_INFINITY;
  const table = rows.map((row) => rows.map((_, to) => (row.includes(to) ? 1 : far)));
  for (const via of rows.keys()) {
    for (const from of rows.keys()) {
      for (const to of rows.keys()) {
        const round = table[from]![via]! + table[via]![to]!;
        if (round < table[from]![to]!) table[from]![to] = round;
      }
    }
  }
  return table;
}
