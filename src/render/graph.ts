import type { Json } from "../core/json.ts";
import type { Integration, Sequence, StepSpec } from "../core/sequence.ts";
import { paintFor, symbolsFor, type Terminal } from "./terminal.ts";
import { count, table } from "./text.ts";

const none = ["There is no integration."];

/**
 * What depends on what, as a tree: under each integration those that need it. One that needs
 * several stands under the first of them and names the others.
 */
export function graphTree(sequence: Sequence, terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  const symbols = symbolsFor(terminal);
  const below = Map.groupBy(sequence.integrations, (one) => one.dependsOn[0] ?? "");
  const steps = Map.groupBy(sequence.steps, (step) => step.integration);
  if (sequence.integrations.length === 0) return none;
  const lines: string[] = [];
  const stack = (below.get("") ?? []).map((one) => ({ one, lead: "", tail: "" })).reverse();
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { one, lead, tail } = entry;
    const others = one.dependsOn.slice(1);
    const also = others.length > 0 ? paint.faint(` (also needs ${others.join(", ")})`) : "";
    const optional = one.required ? "" : paint.faint(" (optional)");
    lines.push(`${lead}${paint.strong(one.id)}${optional}${also}`);
    const children = below.get(one.id) ?? [];
    const own = steps.get(one.id) ?? [];
    const more = children.length > 0;
    own.forEach((step, at) => {
      const last = !more && at === own.length - 1;
      const branch = last ? symbols.lastBranch : symbols.branch;
      lines.push(`${tail}${branch}${nameOf(step)} ${paint.faint(step.kind)}`);
    });
    for (const [at, child] of [...children.entries()].reverse()) {
      const last = at === children.length - 1;
      stack.push({
        one: child,
        lead: tail + (last ? symbols.lastBranch : symbols.branch),
        tail: tail + (last ? "   " : symbols.trunk),
      });
    }
  }
  return lines;
}

export function graphMermaid(sequence: Sequence): string[] {
  const ids = new Map<string, string>();
  for (const [at, step] of sequence.steps.entries()) ids.set(step.id, `s${at}`);
  const lines = ["flowchart LR"];
  for (const [at, { id }] of sequence.integrations.entries()) {
    lines.push(`  subgraph i${at}[${quoted(id)}]`);
    for (const step of sequence.steps.filter((one) => one.integration === id)) {
      lines.push(`    ${ids.get(step.id)}[${quoted(nameOf(step))}]`);
    }
    lines.push("  end");
  }
  for (const [from, to] of stepEdges(sequence)) lines.push(`  ${ids.get(from)} --> ${ids.get(to)}`);
  for (const [from, to] of integrationEdges(sequence)) lines.push(`  i${from} --> i${to}`);
  return lines;
}

function quoted(text: string): string {
  return `"${text.replaceAll("#", "#35;").replaceAll('"', "#quot;")}"`;
}

export function graphDot(sequence: Sequence): string[] {
  const lines = ["digraph sequence {", "  rankdir=LR;", "  compound=true;", "  node [shape=box];"];
  for (const [at, { id }] of sequence.integrations.entries()) {
    lines.push(`  subgraph cluster_${at} {`, `    label=${JSON.stringify(id)};`);
    // An integration without steps still needs a node for its edges to end at.
    lines.push(`    ${JSON.stringify(id)} [shape=point, style=invis];`);
    for (const step of sequence.steps.filter((one) => one.integration === id)) {
      lines.push(`    ${JSON.stringify(step.id)} [label=${JSON.stringify(nameOf(step))}];`);
    }
    lines.push("  }");
  }
  for (const [from, to] of stepEdges(sequence)) {
    lines.push(`  ${JSON.stringify(from)} -> ${JSON.stringify(to)};`);
  }
  for (const [from, to] of integrationEdges(sequence)) {
    const ends = [from, to].map((at) => JSON.stringify(sequence.integrations[at]?.id));
    lines.push(`  ${ends.join(" -> ")} [ltail=cluster_${from}, lhead=cluster_${to}];`);
  }
  return [...lines, "}"];
}

export function graphJson(sequence: Sequence): Json {
  return {
    integrations: sequence.integrations.map(({ id, provider, dependsOn, required }) => ({
      id,
      provider,
      dependsOn: [...dependsOn],
      required,
    })),
    steps: sequence.steps.map(({ id, integration, kind, after }) => ({
      id,
      integration,
      kind,
      after: [...after],
    })),
  };
}

/** Between steps of one integration, or by reference across: not those that every step has
 * because its whole integration comes after another; these are drawn between the integrations. */
function stepEdges({ steps, integrations }: Sequence): [string, string][] {
  const home = new Map(steps.map((step) => [step.id, step.integration]));
  const above = new Map(integrations.map(({ id, dependsOn }) => [id, new Set(dependsOn)]));
  return steps.flatMap((step) =>
    step.after.flatMap((before): [string, string][] => {
      const from = home.get(before);
      return from !== undefined && above.get(step.integration)?.has(from)
        ? []
        : [[before, step.id]];
    }),
  );
}

/** Positions of the integration that is needed and of the one that needs it. */
function integrationEdges({ integrations }: Sequence): [number, number][] {
  const at = new Map(integrations.map(({ id }, index) => [id, index]));
  return integrations.flatMap(({ dependsOn }, to) =>
    dependsOn.flatMap((id): [number, number][] => {
      const from = at.get(id);
      return from === undefined ? [] : [[from, to]];
    }),
  );
}

/** `testx integrations list` */
export function listLines(sequence: Sequence, terminal: Terminal): string[] {
  const paint = paintFor(terminal);
  const symbols = symbolsFor(terminal);
  if (sequence.integrations.length === 0) return none;
  const rows = sequence.integrations.flatMap((one: Integration) => {
    const steps = sequence.steps.filter((step) => step.integration === one.id);
    const after = one.dependsOn.length > 0 ? `after ${one.dependsOn.join(", ")}` : "";
    const facts = [count(steps.length, "step"), after, one.required ? "" : "optional"];
    return [
      [one.id, one.provider, facts.filter(Boolean).join(", ")],
      ...steps.map((step) => [`  ${nameOf(step)}`, step.kind, ""]),
    ];
  });
  const lines = table(rows, terminal.width, symbols.ellipsis);
  return lines.map((line) => (line.startsWith(" ") ? line : paint.strong(line)));
}

export function nameOf(step: Pick<StepSpec, "id" | "integration">): string {
  const lead = `${step.integration}.`;
  return step.id.startsWith(lead) ? step.id.slice(lead.length) : step.id;
}
