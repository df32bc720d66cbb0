import { describe, expect, it } from "vitest";
import {
  graphOf,
  topologicalOrder,
  transitiveDependencies,
  transitiveDependents,
  waves,
} from "../../src/core/graph.ts";
import fc from "../support/property.ts";
import { anyGraph, build, distances } from "./random-graph.ts";

function graph(edges: Record<string, string[]>) {
  return graphOf(Object.keys(edges), (id) => edges[id] ?? []);
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
        const isCyclic = distances(rows).some((row, node) => Number.isFinite(row[node]));
        expect(order.length === rows.length).toBe(!isCyclic);
      }),
    );
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
