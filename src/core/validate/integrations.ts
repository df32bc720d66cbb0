import { cycles, onCycles } from "../cycles.ts";
import { type Graph, topologicalOrder } from "../graph.ts";
import type { Draft } from "./draft.ts";
import { type Finding, near, pathText } from "./problem.ts";
import { reach, row, rows } from "./rows.ts";

/** How the integrations hang together; edges that lie on a cycle are left out. */
export interface IntegrationLinks {
  readonly graph: Graph;
  /** Whether integration `a` depends on `b`, directly or not. */
  dependsOn(a: number, b: number): boolean;
  /** False when what `a` depends on could not be read in full. */
  sure(a: number): boolean;
}

/** Checks `dependsOn` of the integrations: unknown, itself, twice, cycle. */
export function linkIntegrations(draft: Draft, findings: Finding[]): IntegrationLinks {
  const { integrations, numbers } = draft;
  const ids = integrations.map((integration) => integration.id);
  const unsure = new Set<number>();
  const lastOwner = new Int32Array(ids.length).fill(-1);
  const links = rows(ids.length, ids.length);
  integrations.forEach((integration, owner) => {
    if (!integration.sure) unsure.add(owner);
    integration.dependsOn.forEach((name, index) => {
      if (typeof name !== "string" || name === "") return;
      const target = numbers.get(name);
      const path = ["integrations", integration.id, "dependsOn", index];
      if (target === undefined) {
        unsure.add(owner);
        const suggestion = near(findings, name, ids);
        findings.push(unknown(integration.id, name, path, suggestion));
      } else if (target === owner) {
        const message = `The integration ${name} depends on itself.`;
        findings.push({ code: "GRAPH_SELF_DEPENDENCY", message, path });
      } else if (lastOwner[target] === owner) {
        const message = `${integration.id} names its dependency ${name} twice.`;
        findings.push({ code: "GRAPH_DUPLICATE_DEPENDENCY", message, path });
      } else {
        lastOwner[target] = owner;
        links.add(target);
      }
    });
    links.close();
  });
  const graph = untangle(links.graph(ids), draft, findings, unsure);
  return { graph, ...closure(graph, unsure) };
}

function unknown(
  from: string,
  name: string,
  path: Finding["path"],
  suggestion: string | undefined,
): Finding {
  return {
    code: "GRAPH_UNKNOWN_DEPENDENCY",
    message: `${from} depends on "${name}", which is no integration of this sequence.`,
    path,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** Reports the cycles and gives the graph without the edges between nodes that lie on them. */
function untangle(graph: Graph, draft: Draft, findings: Finding[], unsure: Set<number>): Graph {
  if (topologicalOrder(graph).order.length === graph.ids.length) return graph;
  const knotted = onCycles(graph);
  for (const cycle of cycles(graph)) {
    const [first = "", second = ""] = cycle;
    const entry = draft.integrations[draft.numbers.get(first) as number];
    findings.push({
      code: "GRAPH_CYCLE",
      message: `These integrations wait for each other: ${pathText(cycle)}.`,
      path: ["integrations", first, "dependsOn", entry?.dependsOn.indexOf(second) ?? 0],
    });
  }
  const kept = rows(graph.ids.length, graph.targets.length);
  for (let node = 0; node < graph.ids.length; node++) {
    for (let at = graph.offsets[node]!; at < graph.offsets[node + 1]!; at++) {
      const target = graph.targets[at]!;
      if (knotted[node] === 0 || knotted[target] === 0) kept.add(target);
    }
    kept.close();
  }
  knotted.forEach((is, node) => {
    if (is === 1) unsure.add(node);
  });
  return kept.graph(graph.ids);
}

function closure(graph: Graph, unsure: ReadonlySet<number>) {
  const known = new Map<number, Uint8Array>();
  const below = (node: number): Uint8Array => {
    const seen = known.get(node) ?? reach(graph, node);
    known.set(node, seen);
    return seen;
  };
  return {
    dependsOn: (a: number, b: number) => row(graph, a).includes(b) || below(a)[b] === 1,
    sure: (a: number) =>
      unsure.size === 0 || (!unsure.has(a) && ![...unsure].some((b) => below(a)[b] === 1)),
  };
}
