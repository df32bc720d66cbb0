import { cycles, onCycles } from "../cycles.ts";
import { type Graph, topologicalOrder } from "../graph.ts";
import type { Draft } from "./draft.ts";
import type { IntegrationLinks } from "./integrations.ts";
import { type Finding, pathText } from "./problem.ts";
import type { References, StepReference } from "./references.ts";
import { reach, row } from "./rows.ts";
import { type ExplicitEdges, stepGraph, stepPath } from "./steps.ts";

/** At most this many searches, so that a hostile file cannot make the check slow. */
const mostSearches = 2_000;

/** Checks that the steps have an order: cycles, and references to what comes later. */
export function checkOrder(
  draft: Draft,
  links: IntegrationLinks,
  { graph: explicit, strays }: ExplicitEdges,
  { sound, loose }: References,
  findings: Finding[],
): void {
  const selfless = sound.filter((edge) => edge.from !== edge.to);
  for (const edge of sound) if (edge.from === edge.to) findings.push(itself(draft, edge));
  if (sound.length === 0 && loose.length === 0 && !strays && isAcyclic(explicit)) return;
  const whole = stepGraph(draft, links, explicit, selfless);
  const { order } = topologicalOrder(whole);
  const fine = order.length === whole.ids.length;
  if (fine && loose.length === 0) return;

  const before = stepGraph(draft, links, explicit, []);
  const below = searches(before);
  for (const edge of loose) {
    const isLater = below(edge.to, edge.from);
    findings.push(isLater ? later(draft, edge) : withoutDependency(draft, edge));
  }
  if (fine) return;
  const knotted = reportCycles(draft, before, explicit, [], new Set(), findings);
  const ordered = new Uint8Array(whole.ids.length);
  for (const node of order) ordered[node] = 1;
  const kept = selfless.filter((edge) => {
    if (ordered[edge.from] === 1 || knotted.has(edge.from)) return true;
    if (!below(edge.to, edge.from)) return true;
    findings.push(later(draft, edge));
    return false;
  });
  reportCycles(draft, stepGraph(draft, links, explicit, kept), explicit, kept, knotted, findings);
}

/**
 * Enough when all edges follow the integrations' own order: a cycle through an integration's
 * dependency would need one that goes against it.
 */
function isAcyclic(graph: Graph): boolean {
  return topologicalOrder(graph).order.length === graph.ids.length;
}

/** Whether `from` needs `to` by what is written in `dependsOn`. */
function searches(graph: Graph) {
  let searched = 0;
  let last = -1;
  let seen: Uint8Array = new Uint8Array(0);
  return (from: number, to: number): boolean => {
    if (from !== last) {
      if (++searched > mostSearches) return false;
      last = from;
      seen = reach(graph, from);
    }
    return seen[to] === 1;
  };
}

/** Reports the cycles that touch no step of `known`, and gives the steps that lie on cycles. */
function reportCycles(
  draft: Draft,
  graph: Graph,
  explicit: Graph,
  references: readonly StepReference[],
  known: ReadonlySet<number>,
  findings: Finding[],
): Set<number> {
  const isStep = (node: number): boolean => node < draft.steps.length;
  // Gates share the id "": a cycle is turned into numbers by names that are all different.
  const numbered = { ...graph, ids: graph.ids.map((_, number) => String(number)) };
  // Those that pass by different gates may be the same for people, who see none.
  const told = new Set<string>();
  for (const cycle of cycles(numbered)) {
    const steps = cycle.slice(1).map(Number).filter(isStep);
    const first = steps.indexOf(Math.min(...steps));
    const turned = [...steps.slice(first), ...steps.slice(0, first)];
    const path = turned.join();
    if (steps.length === 0 || told.has(path) || steps.some((step) => known.has(step))) continue;
    told.add(path);
    findings.push(cycleFinding(draft, explicit, references, turned));
  }
  const marks = onCycles(graph);
  return new Set(draft.steps.map((_, step) => step).filter((step) => marks[step] === 1));
}

function cycleFinding(
  draft: Draft,
  explicit: Graph,
  references: readonly StepReference[],
  steps: readonly number[],
): Finding {
  const written = (index: number): Partial<Finding> | undefined => {
    const from = steps[index]!;
    const to = steps[(index + 1) % steps.length]!;
    if (row(explicit, from).includes(to)) {
      const { dependsOn, owner } = draft.steps[from]!;
      const target = draft.steps[to]!;
      const names = [target.id, ...(target.owner === owner ? [target.name] : [])];
      const at = dependsOn.findIndex((name) => names.includes(name as string));
      return { path: [...stepPath(draft, from), "dependsOn", at] };
    }
    const edge = references.find((item) => item.from === from && item.to === to);
    if (edge === undefined) return undefined;
    return {
      path: edge.path,
      part: { offset: edge.reference.offset, length: edge.reference.length },
    };
  };
  let first = 0;
  let place = written(0);
  while (place === undefined && ++first < steps.length) place = written(first);
  const turned = [...steps.slice(first), ...steps.slice(0, first)];
  const names = [...turned, turned[0]!].map((step) => draft.steps[step]!.id);
  return {
    path: stepPath(draft, steps[0]!),
    ...place,
    code: "GRAPH_CYCLE",
    message: `These steps wait for each other: ${pathText(names)}.`,
  };
}

function itself(draft: Draft, edge: StepReference): Finding {
  const { id } = draft.steps[edge.from]!;
  return place(edge, "REFERENCE_LATER", `${id} refers to itself, but its receipt comes later.`);
}

function later(draft: Draft, edge: StepReference): Finding {
  const from = draft.steps[edge.from]!.id;
  const to = draft.steps[edge.to]!.id;
  return place(
    edge,
    "REFERENCE_LATER",
    `${from} refers to ${to}, which comes later: it waits for ${from}.`,
  );
}

function withoutDependency(draft: Draft, edge: StepReference): Finding {
  const step = draft.steps[edge.from]!;
  const from = draft.integrations[step.owner]!.id;
  const to = draft.integrations[draft.steps[edge.to]!.owner]!.id;
  const message = `${step.id} refers to ${to}, but ${from} does not depend on it: add "${to}" to dependsOn of ${from}.`;
  return place(edge, "REFERENCE_WITHOUT_DEPENDENCY", message);
}

function place(edge: StepReference, code: string, message: string): Finding {
  const { offset, length } = edge.reference;
  return { code, message, path: edge.path, part: { offset, length } };
}
