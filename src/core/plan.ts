import type { Change, StepId } from "./step.ts";

export type Action =
  | "create"
  | "update"
  | "adopt"
  | "unchanged"
  | "deferred"
  | "blocked"
  | "skipped";

export interface PlanItem {
  readonly step: StepId;
  readonly integration: string;
  readonly kind: string;
  readonly title: string;
  readonly action: Action;
  /** Fields that will be written; for `adopt` those that differ. */
  readonly changes: readonly Change[];
  /** References whose value is known only after other steps: `slack.channel.id`. */
  readonly unknown: readonly string[];
  /** Why it cannot be undone, when it cannot. */
  readonly irreversible?: string;
  /** Why it is deferred, blocked or skipped. */
  readonly reason?: string;
}

export type Plan = readonly PlanItem[];

const writing: ReadonlySet<Action> = new Set(["create", "update"]);

/** Whether carrying out this item sends a write. */
export function writes(item: PlanItem): boolean {
  return writing.has(item.action) || (item.action === "adopt" && item.changes.length > 0);
}
