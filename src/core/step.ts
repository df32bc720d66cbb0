import type { Json } from "./json.ts";

/** `slack.channel`: integration and step name, joined by a dot. */
export type StepId = string;

export function integrationOf(step: StepId): string {
  return step.slice(0, step.indexOf("."));
}

/** One field that differs. Absent `from`: it was not set. Secrets appear as digests only. */
export interface Change {
  readonly field: string;
  readonly from?: Json;
  readonly to: Json;
}

/** Something a rollback could not restore. */
export interface Residue {
  /** What is left: `issue #12 in acme/app`. */
  readonly what: string;
  /** Why it could not be restored. */
  readonly why: string;
  /** How a person can remove or restore it. */
  readonly fix: string;
  readonly url?: string;
  /** Set where another rollback can do it, once what stands in its way is gone. */
  readonly again?: true;
}
