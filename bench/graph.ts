/**
 * Ordering 100,000 nodes: testx beside two well-known packages and beside plain Kahn on typed
 * arrays, which has the edges as numbers already. Goal: at most 2 × Kahn with the same input.
 */
import { DepGraph } from "dependency-graph";
import toposort from "toposort";
import { graphOf, topologicalOrder } from "../src/core/graph.ts";
import { compare } from "./compare.ts";

const size = 100_000;
const ids = Array.from({ length: size }, (_, node) => `integration-${node}`);

let seed = 1;
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed % below;
};

for (const perNode of [1, 10]) {
  const rows = ids.map((_, node) =>
    node === 0
      ? []
      : [...new Set(Array.from({ length: Math.min(node, perNode) }, () => random(node)))],
  );
  const names = rows.map((row) => row.map((to) => ids[to]!));
  const edges = rows.flatMap((row, node) =>
    row.map((to) => [ids[node]!, ids[to]!] as [string, string]),
  );

  const contenders: Record<string, () => unknown> = {
    "Kahn on typed arrays, edges as numbers": () => kahn(rows),
    "Kahn on typed arrays, from string ids": () => {
      const index = new Map(ids.map((id, node) => [id, node]));
      return kahn(names.map((row) => row.map((to) => index.get(to)!)));
    },
    testx: () => topologicalOrder(graphOf(ids, (_, node) => names[node]!)),
    toposort: () => toposort.array(ids, edges),
    "dependency-graph": () => {
      const graph = new DepGraph();
      for (const id of ids) graph.addNode(id);
      for (const [from, to] of edges) graph.addDependency(from, to);
      return graph.overallOrder();
    },
  };
  console.log(`\n${size} nodes, ${edges.length} edges`);
  compare(contenders, "Kahn on typed arrays, from string ids", { testx: 2 });
}

function kahn(rows: readonly (readonly number[])[]): Uint32Array {
  const open = new Uint32Array(rows.length);
  const start = new Uint32Array(rows.length + 1);
  for (const row of rows) for (const to of row) start[to + 1]!++;
  for (let node = 0; node < rows.length; node++) start[node + 1]! += start[node]!;
  const cursor = start.slice();
  const dependents = new Uint32Array(start[rows.length]!);
  rows.forEach((row, node) => {
    open[node] = row.length;
    for (const to of row) dependents[cursor[to]!++] = node;
  });
  const order = new Uint32Array(rows.length);
  let filled = 0;
  for (let node = 0; node < rows.length; node++) if (open[node] === 0) order[filled++] = node;
  for (let read = 0; read < filled; read++) {
    const node = order[read]!;
    for (let at = start[node]!; at < start[node + 1]!; at++) {
      const next = dependents[at]!;
      if (--open[next]! === 0) order[filled++] = next;
    }
  }
  return order;
}
