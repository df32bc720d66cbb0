import type { Graph } from "./graph.ts";

/**
 * Cycles as paths whose first id is repeated at the end, shortest first: for every edge that lies
 * on a cycle a shortest one through it. Where that would be more than `most` or take too long,
 * fewer: then first of all every node is on one of them, then every edge. Each begins with its
 * first node in the graph's order: `a` depends on `b` in `[a, b, a]`. Linear in the size of the
 * knots for each of at most `4 * most` searches.
 */
export function cycles(graph: Graph, most = 100): string[][] {
  const { ids, offsets, targets } = graph;
  const component = components(graph);
  const covered = new Uint8Array(ids.length);
  /** By edge: the length of the shortest cycle found through it; 0: none. */
  const best = new Uint32Array(targets.length);
  const parent = new Int32Array(ids.length);
  const seen = new Int32Array(ids.length).fill(-1);
  const queue = new Uint32Array(ids.length);
  const found: number[][] = [];
  let searches = 0;

  for (let node = 0; node < ids.length && found.length < most; node++) {
    if (covered[node] === 0) keep(way(node, node));
  }
  eachEdge(Number.POSITIVE_INFINITY, (edge, from, to) => {
    if (best[edge] === 0) keep(way(to, from));
  });
  eachEdge(searches + 2 * most, (edge, from, to) => {
    const cycle = best[edge]! > 2 ? way(to, from) : undefined;
    if (cycle && cycle.length < best[edge]!) keep(cycle);
  });
  return found
    .map((cycle) => [...cycle, cycle[0]!].map((node) => ids[node] as string))
    .sort((a, b) => a.length - b.length);

  /** Visits the edges that lie on cycles, as long as there is room and time. */
  function eachEdge(
    mostSearches: number,
    visit: (edge: number, from: number, to: number) => void,
  ): void {
    for (let from = 0; from < ids.length; from++) {
      for (let edge = offsets[from]!; edge < offsets[from + 1]!; edge++) {
        if (found.length >= most || searches >= mostSearches) return;
        const to = targets[edge]!;
        if (component[to] === component[from]) visit(edge, from, to);
      }
    }
  }

  /** The nodes on a shortest way from one to another of its knot; from a node to itself, round a cycle. */
  function way(from: number, to: number): number[] | undefined {
    const search = searches++;
    let filled = 0;
    queue[filled++] = from;
    for (let read = 0; read < filled; read++) {
      const node = queue[read]!;
      for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
        const next = targets[at]!;
        if (next === to) return walked(from, node, to);
        if (seen[next] === search || component[next] !== component[from]) continue;
        seen[next] = search;
        parent[next] = node;
        queue[filled++] = next;
      }
    }
    return undefined;
  }

  function walked(from: number, last: number, to: number): number[] {
    const back = from === to ? [] : [to];
    for (let node = last; node !== from; node = parent[node]!) back.push(node);
    back.push(from);
    return back.reverse();
  }

  function keep(cycle: number[] | undefined): void {
    if (cycle === undefined) return;
    let first = 0;
    cycle.forEach((node, index) => {
      covered[node] = 1;
      const next = cycle[(index + 1) % cycle.length];
      // Every one of several edges between two nodes: they would give the same path.
      for (let edge = offsets[node]!; edge < offsets[node + 1]!; edge++) {
        if (targets[edge] !== next) continue;
        best[edge] = Math.min(best[edge] || cycle.length, cycle.length);
      }
      if (node < cycle[first]!) first = index;
    });
    found.push([...cycle.slice(first), ...cycle.slice(0, first)]);
  }
}

/** By node number: 1 where a node lies on a cycle. */
export function onCycles(graph: Graph): Uint8Array {
  const { ids, offsets, targets } = graph;
  const component = components(graph);
  const marks = new Uint8Array(ids.length);
  for (let node = 0; node < ids.length; node++) {
    for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
      // An edge within a component has a way back.
      if (component[targets[at]!] === component[node]) marks[node] = 1;
    }
  }
  return marks;
}

/** Tarjan's strongly connected components: a component number for each node. */
function components({ ids, offsets, targets }: Graph): Int32Array {
  const component = new Int32Array(ids.length).fill(-1);
  const number = new Int32Array(ids.length).fill(-1);
  const low = new Int32Array(ids.length);
  const cursor = offsets.slice(0, ids.length);
  const path = new Uint32Array(ids.length);
  const open = new Uint32Array(ids.length);
  let depth = 0;
  let waiting = 0;
  let numbers = 0;
  let groups = 0;

  for (let root = 0; root < ids.length; root++) {
    if (number[root]! >= 0) continue;
    path[depth++] = root;
    while (depth > 0) {
      const node = path[depth - 1]!;
      if (number[node]! < 0) {
        number[node] = low[node] = numbers++;
        open[waiting++] = node;
      }
      if (cursor[node]! < offsets[node + 1]!) {
        const next = targets[cursor[node]!++]!;
        if (number[next]! < 0) path[depth++] = next;
        else if (component[next]! < 0) low[node] = Math.min(low[node]!, number[next]!);
        continue;
      }
      depth--;
      if (depth > 0) {
        const above = path[depth - 1]!;
        low[above] = Math.min(low[above]!, low[node]!);
      }
      if (low[node] === number[node]) {
        let member: number;
        do {
          member = open[--waiting]!;
          component[member] = groups;
        } while (member !== node);
        groups++;
      }
    }
  }
  return component;
}
