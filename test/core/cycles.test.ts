import { expect, it } from "vitest";
import { cycles, onCycles } from "../../src/core/cycles.ts";
import { graphOf, topologicalOrder } from "../../src/core/graph.ts";
import fc from "../support/property.ts";
import { anyGraph, build, distances } from "./random-graph.ts";

function cyclesOf(edges: Record<string, string[]>) {
  return cycles(graphOf(Object.keys(edges), (id) => edges[id] ?? []));
}

it("come as closed paths, shortest first", () => {
  expect(
    cyclesOf({ a: ["b"], b: ["c"], c: ["a"], d: ["e"], e: ["d"], f: ["f"], g: ["a"] }),
  ).toEqual([
    ["f", "f"],
    ["d", "e", "d"],
    ["a", "b", "c", "a"],
  ]);
});

it("include the short way through a knot, not only the long one round it", () => {
  expect(cyclesOf({ a: ["b"], b: ["c"], c: ["a", "b"] })).toEqual([
    ["b", "c", "b"],
    ["a", "b", "c", "a"],
  ]);
  // Each edge between x and y lies on a longer cycle that is found first.
  expect(cyclesOf({ a: ["x"], b: ["y"], x: ["y", "b"], y: ["x", "a"] })).toEqual([
    ["x", "y", "x"],
    ["a", "x", "y", "a"],
    ["b", "y", "x", "b"],
  ]);
});

it("are simple, each another one, and give every edge on a cycle a shortest one", () => {
  fc.assert(
    fc.property(anyGraph, (rows) => {
      const far = distances(rows);
      const found = cycles(build(rows)).map((path) => path.map((id) => Number(id.slice(1))));
      const lengths = found.map((path) => path.length - 1);
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
      expect(new Set(found.map(String)).size).toBe(found.length);

      const shortest = new Map<string, number>();
      for (const path of found) {
        const nodes = path.slice(1);
        expect(path[0]).toBe(path.at(-1));
        expect(path[0]).toBe(Math.min(...path));
        expect(new Set(nodes).size).toBe(nodes.length);
        for (const [at, to] of nodes.entries()) {
          expect(rows[path[at]!]).toContain(to);
          const edge = `${path[at]} ${to}`;
          shortest.set(edge, Math.min(shortest.get(edge) ?? nodes.length, nodes.length));
        }
      }
      const wanted = new Map<string, number>();
      for (const [from, targets] of rows.entries()) {
        for (const to of targets) {
          const round = from === to ? 1 : 1 + far[to]![from]!;
          if (Number.isFinite(round)) wanted.set(`${from} ${to}`, round);
        }
      }
      expect(Object.fromEntries(shortest)).toEqual(Object.fromEntries(wanted));
    }),
  );
});

it("are no more than asked for, and then show all nodes before they show other ways", () => {
  fc.assert(
    fc.property(anyGraph, fc.integer({ min: 1, max: 12 }), (rows, most) => {
      const graph = build(rows);
      const some = cycles(graph, most);
      expect(some).toEqual(cycles(graph, most));
      expect(some.length).toBe(Math.min(most, cycles(graph).length));
      const marks = onCycles(graph);
      expect([...marks]).toEqual(
        distances(rows).map((row, node) => (Number.isFinite(row[node]) ? 1 : 0)),
      );
      if (some.length === most) return;
      const covered = new Set(some.flat());
      expect(covered.size).toBe(marks.reduce((sum, mark) => sum + mark, 0));
    }),
  );
});

it("do not overflow the stack, and are quick, on 100,000 nodes in a ring and in a knot", () => {
  const size = 100_000;
  const ids = Array.from({ length: size }, (_, node) => `n${node}`);
  const ring = graphOf(ids, (_, node) => [`n${(node + 1) % size}`]);
  expect(cycles(ring)).toHaveLength(1);
  expect(topologicalOrder(ring).order).toHaveLength(0);
  const knot = graphOf(ids, (_, node) =>
    [1, 7, 1_000, 31_337].map((step) => `n${(node * step + step) % size}`),
  );
  expect(cycles(knot)).toHaveLength(100);
});
