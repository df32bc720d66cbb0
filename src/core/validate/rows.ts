import type { Graph } from "../graph.ts";

/** Builds a graph row by row, by numbers. */
export interface Rows {
  /** Adds an edge to the row that is open. */
  add(target: number): void;
  /** Closes the open row; the next one opens. */
  close(): void;
  graph(ids: readonly string[]): Graph;
}

export function rows(size: number, edges: number): Rows {
  const offsets = new Uint32Array(size + 1);
  let targets = new Uint32Array(Math.max(16, edges));
  let count = 0;
  let row = 0;
  return {
    add(target) {
      if (count === targets.length) {
        const larger = new Uint32Array(count * 2);
        larger.set(targets);
        targets = larger;
      }
      targets[count++] = target;
    },
    close() {
      offsets[++row] = count;
    },
    graph(ids) {
      return { ids, offsets, targets: targets.subarray(0, count), dangling: [] };
    },
  };
}

/** The numbers in a row. */
export function row(graph: Graph, node: number): Uint32Array {
  return graph.targets.subarray(graph.offsets[node], graph.offsets[node + 1]);
}

/** Every node that `start` depends on, directly or not; `start` itself only when on a cycle. */
export function reach(graph: Graph, start: number): Uint8Array {
  const seen = new Uint8Array(graph.ids.length);
  const queue = [start];
  for (let read = 0; read < queue.length; read++) {
    for (const next of row(graph, queue[read] as number)) {
      if (seen[next] === 1) continue;
      seen[next] = 1;
      queue.push(next);
    }
  }
  return seen;
}
