import type { Graph } from "../graph.ts";
import type { Json } from "../json.ts";
import type { StepId } from "../step.ts";
import { checkOrder } from "./cycles.ts";
import { type Draft, readDraft } from "./draft.ts";
import { type IntegrationLinks, linkIntegrations } from "./integrations.ts";
import type { Finding } from "./problem.ts";
import { readReferences } from "./references.ts";
import { row } from "./rows.ts";
import { explicitEdges, groupBySource, type StepEdge } from "./steps.ts";

export interface CheckedGraph {
  readonly findings: readonly Finding[];
  /** The steps that come right before each; only of use when there are no findings. */
  readonly after: () => ReadonlyMap<StepId, readonly StepId[]>;
}

/**
 * Checks how the parts of a sequence document hang together: dependencies of integrations and
 * steps, references, cycles. Linear in the size of the document as long as nothing is wrong.
 * What has the wrong shape is passed over: the schema reports that.
 */
export function checkGraph(root: Json): CheckedGraph {
  const findings: Finding[] = [];
  const draft = readDraft(root);
  const links = linkIntegrations(draft, findings);
  const explicit = explicitEdges(draft, links, findings);
  const references = readReferences(draft, links, findings);
  checkOrder(draft, links, explicit, references, findings);
  return { findings, after: () => directlyBefore(draft, links, explicit.graph, references.sound) };
}

function directlyBefore(
  draft: Draft,
  links: IntegrationLinks,
  explicit: Graph,
  edges: readonly StepEdge[],
): Map<StepId, readonly StepId[]> {
  const { steps } = draft;
  const byReference = groupBySource(edges);
  const own = steps.map((_, step) => [
    ...new Set([...row(explicit, step), ...(byReference.get(step) ?? [])]),
  ]);
  const isNeeded = new Uint8Array(steps.length);
  own.forEach((targets, from) => {
    for (const to of targets) if (steps[to]!.owner === steps[from]!.owner) isNeeded[to] = 1;
  });
  const lastOf = lastSteps(draft, links, isNeeded);
  const entries = new Map<number, readonly StepId[]>();
  const entry = (owner: number): readonly StepId[] => {
    let found = entries.get(owner);
    if (found === undefined) {
      const before = new Set([...row(links.graph, owner)].flatMap((other) => [...lastOf(other)]));
      found = [...before].sort((a, b) => a - b).map((step) => steps[step]!.id);
      entries.set(owner, found);
    }
    return found;
  };
  return new Map(
    steps.map((step, number) => {
      const targets = own[number]!;
      const ids = targets.map((target) => steps[target]!.id);
      if (targets.some((target) => steps[target]!.owner === step.owner)) return [step.id, ids];
      const before = entry(step.owner);
      return [step.id, ids.length === 0 ? before : [...new Set([...ids, ...before])]];
    }),
  );
}

/** The steps that end an integration; one without steps ends with those it depends on. */
function lastSteps(draft: Draft, links: IntegrationLinks, isNeeded: Uint8Array) {
  const known = new Map<number, readonly number[]>();
  return (start: number): readonly number[] => {
    const found = known.get(start);
    if (found !== undefined) return found;
    const result = new Set<number>();
    const seen = new Set([start]);
    for (const integration of seen) {
      const own = [...draft.integrations[integration]!.steps.values()];
      if (own.length === 0) for (const next of row(links.graph, integration)) seen.add(next);
      for (const step of own) if (isNeeded[step] === 0) result.add(step);
    }
    const list = [...result];
    known.set(start, list);
    return list;
  };
}
