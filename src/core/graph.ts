/**
 * A directed graph in compressed rows: nodes are 0 … size-1, and the dependencies of node `n`
 * are `targets[offsets[n]] … targets[offsets[n + 1] - 1]`. Everything here is iterative, so
 * that neither depth nor size can overflow a stack, and linear unless it says otherwise.
 */
export interface Graph {
  readonly ids: readonly string[];
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
  /** Edges to ids that are no node, in input order. */
  readonly dangling: readonly Edge[];
}

export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Builds the graph of `ids` and what each depends on. Repeated ids count once, the first. */
export function graphOf(
  ids: readonly string[],
  dependsOn: (id: string, index: number) => readonly string[],
): Graph {
  const index = new Map<string, number>();
  for (const id of ids) if (!index.has(id)) index.set(id, index.size);
  const unique = index.size === ids.length ? ids : [...index.keys()];
  const offsets = new Uint32Array(unique.length + 1);
  let targets = new Uint32Array(Math.max(16, unique.length * 2));
  const dangling: Edge[] = [];
  let count = 0;
  for (let node = 0; node < unique.length; node++) {
    const id = unique[node] as string;
    for (const to of dependsOn(id, node)) {
      const target = index.get(to);
      if (target === undefined) {
        dangling.push({ from: id, to });
        continue;
      }
      if (count === targets.length) {
        const larger = new Uint32Array(count * 2);
        larger.set(targets);
        targets = larger;
      }
      targets[count++] = target;
    }
    offsets[node + 1] = count;
  }
  return { ids: unique, offsets, targets: targets.subarray(0, count), dangling };
}

/** The same nodes with every edge turned round: row `n` holds the nodes that depend on `n`. */
export function reversed(graph: Graph): Graph {
  const { ids, offsets, targets } = graph;
  const turned = new Uint32Array(ids.length + 1);
  for (const target of targets) turned[target + 1]!++;
  for (let node = 0; node < ids.length; node++) turned[node + 1]! += turned[node]!;
  const cursor = turned.slice();
  const sources = new Uint32Array(targets.length);
  for (let node = 0; node < ids.length; node++) {
    for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
      sources[cursor[targets[at]!]!++] = node;
    }
  }
  return { ids, offsets: turned, targets: sources, dangling: [] };
}

export interface Order {
  /** Node numbers, dependencies first; nodes on or behind a cycle are left out. */
  readonly order: Uint32Array;
  /** By node number: how many edges lie on its longest way down; 0 for nodes without dependencies. */
  readonly level: Uint32Array;
}

/** Kahn's algorithm. Nodes of equal standing keep the input's order. */
export function topologicalOrder(graph: Graph): Order {
  const { ids, offsets } = graph;
  const dependents = reversed(graph);
  const open = new Uint32Array(ids.length);
  const order = new Uint32Array(ids.length);
  const level = new Uint32Array(ids.length);
  let filled = 0;
  for (let node = 0; node < ids.length; node++) {
    open[node] = offsets[node + 1]! - offsets[node]!;
    if (open[node] === 0) order[filled++] = node;
  }
  for (let read = 0; read < filled; read++) {
    const node = order[read]!;
    for (let at = dependents.offsets[node]!; at < dependents.offsets[node + 1]!; at++) {
      const next = dependents.targets[at]!;
      if (level[next]! <= level[node]!) level[next] = level[node]! + 1;
      if (--open[next]! === 0) order[filled++] = next;
    }
  }
  return { order: order.subarray(0, filled), level };
}

/** Ids by level: everything in a wave depends only on earlier waves. Nodes on or behind a cycle are left out. */
export function waves(graph: Graph): string[][] {
  const { order, level } = topologicalOrder(graph);
  const result: string[][] = [];
  for (const node of order) {
    const wave = level[node]!;
    while (result.length <= wave) result.push([]);
    result[wave]!.push(graph.ids[node] as string);
  }
  return result;
}

/** Every id that depends on `id`, directly or not, in input order, without itself. */
export function transitiveDependents(graph: Graph, id: string): string[] {
  return reachable(reversed(graph), id);
}

/** Every id that `id` depends on, directly or not, in input order, without itself. */
export function transitiveDependencies(graph: Graph, id: string): string[] {
  return reachable(graph, id);
}

function reachable({ ids, offsets, targets }: Graph, id: string): string[] {
  const start = ids.indexOf(id);
  if (start < 0) return [];
  const seen = new Uint8Array(ids.length);
  const queue = [start];
  for (let read = 0; read < queue.length; read++) {
    const node = queue[read]!;
    for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
      const next = targets[at]!;
      if (seen[next]) continue;
      seen[next] = 1;
      queue.push(next);
    }
  }
  seen[start] = 0;
  return ids.filter((_, node) => seen[node] === 1);
}
