import type { Graph } from "../graph.ts";
import type { Draft, DraftStep } from "./draft.ts";
import type { IntegrationLinks } from "./integrations.ts";
import { type Finding, near } from "./problem.ts";
import { row, rows } from "./rows.ts";

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

export interface ExplicitEdges {
  readonly graph: Graph;
  /** Whether a step depends on one of an integration that its own does not depend on. */
  readonly strays: boolean;
}

/** The edges that `dependsOn` of the steps makes. Checks: unknown, itself, twice. */
export function explicitEdges(
  draft: Draft,
  links: IntegrationLinks,
  findings: Finding[],
): ExplicitEdges {
  const { steps, integrations } = draft;
  const lastOwner = new Int32Array(steps.length).fill(-1);
  const most = steps.reduce((sum, { dependsOn }) => sum + dependsOn.length, 0);
  const offsets = new Uint32Array(steps.length + 1);
  const targets = new Uint32Array(most);
  let count = 0;
  let strays = false;
  for (let from = 0; from < steps.length; from++) {
    const { dependsOn, owner } = steps[from]!;
    const own = integrations[owner]!.steps;
    for (let index = 0; index < dependsOn.length; index++) {
      // The usual case first: names without a dot are the integration's own steps.
      const name = dependsOn[index] as string;
      const local = own.get(name);
      const target = local ?? findStep(draft, steps[from]!, name);
      if (target === "unsure") continue;
      if (target === undefined || target === from || lastOwner[target] === from) {
        findings.push(mistake(draft, from, index, target, findings));
        continue;
      }
      lastOwner[target] = from;
      targets[count++] = target;
      if (local === undefined) strays ||= !follows(links, owner, steps[target]!.owner);
    }
    offsets[from + 1] = count;
  }
  const ids = steps.map((step) => step.id);
  return { graph: { ids, offsets, targets: targets.subarray(0, count), dangling: [] }, strays };
}

/** Whether steps of `a` come after those of `b` anyway, or are of the same integration. */
function follows(links: IntegrationLinks, a: number, b: number): boolean {
  return a === b || links.dependsOn(a, b);
}

function mistake(
  draft: Draft,
  from: number,
  index: number,
  target: number | undefined,
  soFar: readonly Finding[],
): Finding {
  const step = draft.steps[from]!;
  const name = step.dependsOn[index] as string;
  const path = [...stepPath(draft, from), "dependsOn", index];
  if (target === undefined) return unknown(draft, step, name, path, soFar);
  if (target === from) {
    const message = `The step ${step.id} depends on itself.`;
    return { code: "GRAPH_SELF_DEPENDENCY", message, path };
  }
  const message = `${step.id} names its dependency ${name} twice.`;
  return { code: "GRAPH_DUPLICATE_DEPENDENCY", message, path };
}

/** Its number; `"unsure"`: it may be in a part that could not be read, or is no name at all. */
function findStep(draft: Draft, from: DraftStep, name: unknown): number | "unsure" | undefined {
  if (typeof name !== "string" || name === "") return "unsure";
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
