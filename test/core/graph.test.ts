import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cycles,
  graphOf,
  topologicalOrder,
  transitiveDependencies,
  transitiveDependents,
  waves,
} from "../../src/core/graph.ts";

function graph(edges: Record<string, string[]>) {
  return graphOf(Object.keys(edges), (id) => edges[id] ?? []);
}

/** Random graphs as adjacency lists over node numbers, cycles and self-loops included. */
const anyGraph = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.array(fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 4 }), {
    minLength: size,
    maxLength: size,
  }),
);

function build(rows: number[][]) {
  return graphOf(
    rows.map((_, node) => `n${node}`),
    (_, node) => (rows[node] ?? []).map((to) => `n${to}`),
  );
}

/** Which nodes can reach themselves, by the plainest of algorithms. */
function onCycle(rows: number[][]): Set<number> {
  const reach = rows.map((row) => new Set(row));
  for (let pass = 0; pass < rows.length; pass++) {
    for (const set of reach) for (const to of [...set]) for (const far of reach[to]!) set.add(far);
  }
  return new Set(rows.map((_, node) => node).filter((node) => reach[node]!.has(node)));
}

describe("order", () => {
  it("puts dependencies first and keeps the file's order among equals", () => {
    const team = graph({ github: ["notion"], slack: [], anykrowd: [], notion: ["slack"] });
    expect(waves(team)).toEqual([["slack", "anykrowd"], ["notion"], ["github"]]);
  });

  it("names edges to nothing", () => {
    expect(graph({ a: ["nowhere"] }).dangling).toEqual([{ from: "a", to: "nowhere" }]);
  });

  it("holds for random graphs: whole exactly when there is no cycle, each node after its dependencies", () => {
    fc.assert(
      fc.property(anyGraph, (rows) => {
        const { order } = topologicalOrder(build(rows));
        const position = new Map([...order].map((node, at) => [node, at]));
        for (const [node, at] of position) {
          for (const to of rows[node]!) expect(position.get(to)).toBeLessThan(at);
        }
        expect(order.length === rows.length).toBe(onCycle(rows).size === 0);
      }),
    );
  });
});

describe("cycles", () => {
  it("come as closed paths, shortest first", () => {
    const tangled = graph({ a: ["b"], b: ["c"], c: ["a"], d: ["e"], e: ["d"], f: ["f"], g: ["a"] });
    expect(cycles(tangled)).toEqual([
      ["f", "f"],
      ["d", "e", "d"],
      ["a", "b", "c", "a"],
    ]);
  });

  it("are real, and cover every node that lies on one", () => {
    fc.assert(
      fc.property(anyGraph, (rows) => {
        const covered = new Set<number>();
        for (const path of cycles(build(rows))) {
          const nodes = path.map((id) => Number(id.slice(1)));
          expect(nodes[0]).toBe(nodes.at(-1));
          for (let at = 1; at < nodes.length; at++) {
            expect(rows[nodes[at - 1]!]).toContain(nodes[at]);
            covered.add(nodes[at]!);
          }
        }
        expect(covered).toEqual(onCycle(rows));
      }),
    );
  });

  it("do not overflow the stack on 100,000 nodes in a ring", () => {
    const size = 100_000;
    const ring = graphOf(
      Array.from({ length: size }, (_, node) => `n${node}`),
      (_, node) => [`n${(node + 1) % size}`],
    );
    expect(cycles(ring)).toHaveLength(1);
    expect(topologicalOrder(ring).order).toHaveLength(0);
  });
});

describe("reach", () => {
  it("follows dependencies both ways, without the start", () => {
    const team = graph({ slack: [], notion: ["slack"], github: ["notion"], anykrowd: [] });
    expect(transitiveDependents(team, "slack")).toEqual(["notion", "github"]);
    expect(transitiveDependencies(team, "github")).toEqual(["slack", "notion"]);
    expect(transitiveDependents(team, "github")).toEqual([]);
  });

  it("copes with 100,000 nodes and 1,000,000 edges", () => {
    const size = 100_000;
    const ids = Array.from({ length: size }, (_, node) => `n${node}`);
    const wide = graphOf(ids, (_, node) =>
      Array.from({ length: Math.min(node, 10) }, (_, back) => ids[node - 1 - back]!),
    );
    expect(topologicalOrder(wide).order).toHaveLength(size);
    expect(transitiveDependents(wide, "n0")).toHaveLength(size - 1);
  });
});
