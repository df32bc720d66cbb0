import type { Fallback } from "./sequence.ts";
import type { Change, StepId } from "./step.ts";

/** What setup would do with a step. blocked: it cannot be done now, and so setup would fail. */
export type Action =
  | "create"
  | "update"
  | "adopt"
  | "unchanged"
  | "deferred"
  | "blocked"
  | "skipped"
  /** Not looked at: the last receipt stands for it, and as far as that tells nothing is to be done. */
  | "cached";

/** What setup would do with one step, and why. */
export interface PlanItem {
  readonly step: StepId;
  readonly integration: string;
  readonly kind: string;
  readonly title: string;
  readonly action: Action;
  /** Fields that will be written; for `adopt` those that differ. */
  readonly changes: readonly Change[];
  /** Fields that differ from what is asked and are left alone, because the sequence says so. */
  readonly ignored?: readonly string[];
  /** References whose value is known only after other steps: `slack.channel.id`. */
  readonly unknown: readonly string[];
  /** Why it cannot be undone, when it cannot. */
  readonly irreversible?: string;
  /** Why it is deferred, blocked, skipped or cached. */
  readonly reason?: string;
  /** How old the receipt is that it was judged by, in ms, where nobody could look. */
  readonly ageMs?: number;
  /** What would happen if its service failed; left out where nobody asked. */
  readonly fallback?: Fallback;
  /** The writes that setup would send, in order; left out where nobody asked. */
  readonly calls?: readonly PlannedCall[];
  /** Why not all of its calls are among them. */
  readonly unpredicted?: string;
}

/** One write as setup would send it. */
export interface PlannedCall {
  /** As the provider names it: `conversations.create`, `POST /repos/{owner}/{repo}/labels`. */
  readonly operation: string;
  readonly method: string;
  /** Behind the API's base URL; what is known later stands as `⟨slack.channel.id⟩`. */
  readonly path: string;
  /** SHA-256 of the canonical body, secrets masked and placeholders as they are; null: no body. */
  readonly digest: string | null;
  /** Whether path and body will be exactly these. */
  readonly known: boolean;
  /** What they depend on, where they are not known: `slack.channel.id`. */
  readonly after: readonly string[];
}

/** By step, in the order of the sequence. */
export type Plan = readonly PlanItem[];

const writing: ReadonlySet<Action> = new Set(["create", "update"]);

/** Whether carrying out this item sends a write. */
export function writes(item: PlanItem): boolean {
  return writing.has(item.action) || (item.action === "adopt" && item.changes.length > 0);
}
