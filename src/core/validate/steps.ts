import type { Graph } from "../graph.ts";
import type { Draft, DraftStep } from "./draft.ts";
import type { IntegrationLinks } from "./integrations.ts";
import { type Finding, near } from "./problem.ts";
import { type Rows, row, rows } from "./rows.ts";

/** An edge that a reference makes: step `from` needs what step `to` leaves. Numbers of steps. */
export interface StepEdge {
  readonly from: number;
  readonly to: number;
}

/**
 * The graph of steps and, for each integration, two gates: it may start, it has ended. Steps
 * have the numbers 0 … n-1, the gates of integration `i` are n + 2i and n + 2i + 1.
 */
export function stepGraph(
  draft: Draft,
  links: IntegrationLinks,
  explicit: Graph,
  edges: readonly StepEdge[],
): Graph {
  const { steps, integrations } = draft;
  const count = steps.length;
  const start = (integration: number) => count + 2 * integration;
  const byStep = groupBySource(edges);
  const result = rows(count + 2 * integrations.length, explicit.targets.length + 2 * count);
  for (let step = 0; step < count; step++) {
    for (const target of row(explicit, step)) result.add(target);
    for (const target of byStep.get(step) ?? []) result.add(target);
    result.add(start(steps[step]!.owner));
    result.close();
  }
  integrations.forEach((integration, number) => {
    for (const target of row(links.graph, number)) result.add(start(target) + 1);
    result.close();
    for (const step of integration.steps.values()) result.add(step);
    result.add(start(number));
    result.close();
  });
  const ids = steps.map((step) => step.id);
  for (let gate = 0; gate < 2 * integrations.length; gate++) ids.push("");
  return result.graph(ids);
}

export function groupBySource(edges: readonly StepEdge[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const { from, to } of edges) {
    const group = groups.get(from);
    if (group === undefined) groups.set(from, [to]);
    else group.push(to);
  }
  return groups;
}

/** The edges that `dependsOn` of the steps makes. Checks: unknown, itself, twice. */
export function explicitEdges(draft: Draft, findings: Finding[]): Graph {
  const { steps } = draft;
  const lastOwner = new Int32Array(steps.length).fill(-1);
  const result = rows(steps.length, steps.length * 4);
  for (let from = 0; from < steps.length; from++) {
    const { dependsOn } = steps[from]!;
    for (let index = 0; index < dependsOn.length; index++) {
      link(draft, from, index, lastOwner, result, findings);
    }
    result.close();
  }
  return result.graph(steps.map((step) => step.id));
}

function link(
  draft: Draft,
  from: number,
  index: number,
  lastOwner: Int32Array,
  result: Rows,
  findings: Finding[],
): void {
  const step = draft.steps[from]!;
  const name = step.dependsOn[index]!;
  if (name === "") return;
  const target = findStep(draft, step, name);
  if (target === "unsure") return;
  if (target !== undefined && target !== from && lastOwner[target] !== from) {
    lastOwner[target] = from;
    result.add(target);
    return;
  }
  const path = [...stepPath(draft, from), "dependsOn", index];
  if (target === undefined) {
    findings.push(unknown(draft, step, name, path, findings));
  } else if (target === from) {
    const message = `The step ${step.id} depends on itself.`;
    findings.push({ code: "GRAPH_SELF_DEPENDENCY", message, path });
  } else {
    const message = `${step.id} names its dependency ${name} twice.`;
    findings.push({ code: "GRAPH_DUPLICATE_DEPENDENCY", message, path });
  }
}

/** Its number; `"unsure"`: it may be in a part that could not be read. */
function findStep(draft: Draft, from: DraftStep, name: string): number | "unsure" | undefined {
  const own = draft.integrations[from.owner]!;
  const dot = name.indexOf(".");
  if (dot < 0) return own.steps.get(name) ?? (own.sure ? undefined : "unsure");
  const owner = draft.numbers.get(name.slice(0, dot));
  const integration = owner === undefined ? undefined : draft.integrations[owner];
  if (integration === undefined) return undefined;
  return integration.steps.get(name.slice(dot + 1)) ?? (integration.sure ? undefined : "unsure");
}

function unknown(
  draft: Draft,
  step: DraftStep,
  name: string,
  path: Finding["path"],
  soFar: readonly Finding[],
): Finding {
  const own = draft.integrations[step.owner]!;
  const all = draft.steps.map((other) => other.id);
  const isIntegration = draft.numbers.has(name);
  const candidates = name.includes(".") ? all : [...own.steps.keys(), ...all];
  const suggestion = isIntegration ? undefined : near(soFar, name, candidates);
  const what = isIntegration
    ? "which is an integration: a step depends on steps, an integration on integrations"
    : "which is no step of this sequence";
  return {
    code: "GRAPH_UNKNOWN_DEPENDENCY",
    message: `${step.id} depends on "${name}", ${what}.`,
    path,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

export function stepPath(draft: Draft, step: number): string[] {
  const { owner, name } = draft.steps[step]!;
  return ["integrations", draft.integrations[owner]!.id, "steps", name];
}
