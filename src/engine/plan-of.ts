import type { Failure } from "../core/failure.ts";
import type { Action, Plan, PlanItem } from "../core/plan.ts";
import type { FallbackRule, StepSpec } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import type { Fate } from "./missing.ts";
import type { Observation } from "./observe.ts";
import type { Tally } from "./tally.ts";

/** What would become of each step, those included that others keep from being carried out. */
export function planOf(
  steps: readonly StepSpec[],
  planned: ReadonlyMap<StepId, Observation | { failure: Failure }>,
  fates: readonly Fate[],
  tally: Tally,
  rule: (step: StepSpec) => FallbackRule,
): Plan {
  const lost = new Map(fates.map((fate) => [fate.spec.id, fate]));
  const missed = new Map<StepId, "deferred" | "skipped">();
  return steps.map((step): PlanItem => {
    const fate = lost.get(step.id);
    if (fate) {
      const { status } = fate;
      if (tally.status.get(step.id) !== "done" && status !== "cached") missed.set(step.id, status);
      return fate.item;
    }
    const seen = planned.get(step.id);
    const before = step.after.find((id) => missed.has(id));
    if (before !== undefined) {
      const status = missed.get(before)!;
      missed.set(step.id, status);
      return without(step, seen, status, `It comes after ${before}, which is ${status}.`);
    }
    if (seen && "item" in seen) return seen.item;
    const { strategy } = rule(step);
    const reason = seen?.failure.message;
    if (strategy === "fail") return without(step, seen, "blocked", reason);
    const status = strategy === "skip" || strategy === "default" ? "skipped" : "deferred";
    if (strategy === "skip" || strategy === "defer") missed.set(step.id, status);
    return without(step, seen, status, reason);
  });
}

function without(
  { id: step, integration, kind }: StepSpec,
  seen: Observation | { failure: Failure } | undefined,
  action: Action,
  reason: string | undefined,
): PlanItem {
  const item: PlanItem =
    seen && "item" in seen
      ? seen.item
      : { step, integration, kind, title: step, action, changes: [], unknown: [] };
  return { ...item, action, ...(reason === undefined ? {} : { reason }) };
}
