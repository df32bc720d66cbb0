import { type Graph, graphOf, reversed, topologicalOrder } from "../core/graph.ts";
import type { StepSpec } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";

/** The steps with dependencies first, otherwise in the sequence's order. */
export function ordered(steps: readonly StepSpec[]): StepSpec[] {
  return Array.from(topologicalOrder(graph(steps)).order, (node) => steps[node]!);
}

/**
 * Runs every step as soon as those it comes after have ended; among those ready at the same
 * moment the one with the longest way to go comes first. When `run` rejects, nothing more is
 * started, and its reason comes out once all that was under way has ended.
 */
export async function runInOrder(
  steps: readonly StepSpec[],
  run: (step: StepSpec) => Promise<void>,
): Promise<void> {
  const before = graph(steps);
  const dependents = reversed(before);
  const tail = tails(before);
  const open = steps.map((_, node) => before.offsets[node + 1]! - before.offsets[node]!);
  const first = steps.map((_, node) => node).filter((node) => open[node] === 0);
  if (steps.length === 0) return;

  await new Promise<void>((finish, reject) => {
    let underWay = 0;
    let broken: { readonly reason: unknown } | undefined;
    const start = (nodes: number[]): void => {
      nodes.sort((a, b) => tail[b]! - tail[a]! || a - b);
      underWay += nodes.length;
      for (const node of nodes) {
        run(steps[node]!).then(
          () => end(node),
          (reason: unknown) => {
            broken ??= { reason };
            end(node);
          },
        );
      }
    };
    const end = (node: number): void => {
      underWay--;
      if (!broken) start(freedBy(node));
      if (underWay > 0) return;
      if (broken) reject(broken.reason);
      else finish();
    };
    const freedBy = (node: number): number[] => {
      const freed: number[] = [];
      for (let at = dependents.offsets[node]!; at < dependents.offsets[node + 1]!; at++) {
        const next = dependents.targets[at]!;
        if (--open[next]! === 0) freed.push(next);
      }
      return freed;
    };
    start(first);
  });
}

/** By node: the number of steps on the longest path of dependents behind it. */
function tails(before: Graph): Uint32Array {
  const { order } = topologicalOrder(before);
  const tail = new Uint32Array(before.ids.length);
  for (const node of order.toReversed()) {
    for (let at = before.offsets[node]!; at < before.offsets[node + 1]!; at++) {
      const above = before.targets[at]!;
      tail[above] = Math.max(tail[above]!, tail[node]! + 1);
    }
  }
  return tail;
}

function graph(steps: readonly StepSpec[]): Graph {
  const after = (_: StepId, node: number): readonly StepId[] => steps[node]!.after;
  return graphOf(
    steps.map(({ id }) => id),
    after,
  );
}
