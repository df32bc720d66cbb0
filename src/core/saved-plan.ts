import type { Totals } from "./estimate.ts";
import { canonical, isObject, type Json } from "./json.ts";
import type { Plan, PlanItem } from "./plan.ts";
import type { StepId } from "./step.ts";

/** A plan as `--out` writes it and `--plan` reads it. It holds no secret and no request body. */
export interface SavedPlan {
  readonly format: "testx-plan";
  readonly version: 1;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly plan: Plan;
  readonly totals: Totals;
  /** Writes of an earlier run that setup settles first, by title. */
  readonly unsettled: readonly string[];
  readonly basis: Basis;
}

/** What a plan was made from, in digests: to see that it still holds. */
export interface Basis {
  /** Of each integration's configuration. */
  readonly integrations: Readonly<Record<string, string>>;
  readonly steps: Readonly<Record<StepId, StepBasis>>;
}

export interface StepBasis {
  /** Of the step as it is written. */
  readonly configuration: string;
  /** Of what its references came to; null: they have no value yet. */
  readonly values: string | null;
  /** Of each field as it was found; null: nothing was there, or nobody could look. */
  readonly observed: Readonly<Record<string, string>> | null;
  /** Of what testx knew of it; null: nothing. */
  readonly receipt: string | null;
}

/** Something that is not as it was when the plan was made. */
export interface Moved {
  /** A step or an integration. */
  readonly what: string;
  /** How it differs: `topic changed`, `its configuration changed`. */
  readonly how: readonly string[];
}

type Compared = Pick<SavedPlan, "plan" | "basis">;

/**
 * All that has moved between two plans for one sequence; nothing, when one is as good as the
 * other. What only follows from the rest is named where there is nothing else.
 */
export function movedBetween(saved: Compared, now: Compared): Moved[] {
  const moved: Moved[] = [];
  const following: Moved[] = [];
  for (const [what, [before, after]] of pairs(saved.basis.integrations, now.basis.integrations)) {
    const how = cameOrWent(before, after) ?? (before === after ? [] : [reconfigured]);
    if (how.length > 0) moved.push({ what, how });
  }
  const items = pairs(byStep(saved.plan), byStep(now.plan));
  for (const [what, [before, after]] of pairs(saved.basis.steps, now.basis.steps)) {
    const how = cameOrWent(before, after) ?? differences(before as StepBasis, after as StepBasis);
    if (how.length > 0) {
      moved.push({ what, how });
      continue;
    }
    const [planned, foreseen] = items.get(what) ?? [];
    if (before?.values !== after?.values) {
      following.push({ what, how: ["the values that it refers to changed"] });
    } else if (sends(planned) !== sends(foreseen)) {
      following.push({ what, how: ["other calls would be sent"] });
    }
  }
  return moved.length > 0 ? moved : following;
}

const reconfigured = "its configuration changed";

function cameOrWent(before: unknown, after: unknown): string[] | undefined {
  if (before === undefined) return ["it is new in the sequence"];
  return after === undefined ? ["it is not in the sequence any more"] : undefined;
}

function differences(before: StepBasis, after: StepBasis): string[] {
  const how: string[] = [];
  if (before.configuration !== after.configuration) how.push(reconfigured);
  if (before.observed !== null && after.observed !== null) {
    const fields = differing(before.observed, after.observed);
    if (fields.length > 0) how.push(`${fields.join(", ")} changed`);
  } else if (before.observed !== after.observed) {
    how.push(after.observed === null ? "it is not there any more" : "it is there now");
  }
  if (before.receipt !== after.receipt) how.push("testx has set it up or undone it since");
  return how;
}

/** `slack.channel: topic changed` */
export function movedText({ what, how }: Moved): string {
  return `${what}: ${how.join(", and ")}`;
}

/** Whether a file's content is a saved plan of this version; all that it says is compared anyway. */
export function isSavedPlan(value: unknown): value is SavedPlan {
  if (!isObject(value) || value.format !== "testx-plan" || value.version !== 1) return false;
  const { plan, basis } = value;
  if (!Array.isArray(plan) || !isObject(basis)) return false;
  const { integrations, steps } = basis;
  return (
    plan.every((item) => isObject(item) && typeof item.step === "string") &&
    isObject(integrations) &&
    isObject(steps) &&
    Object.values(steps).every(
      (step) => isObject(step) && (step.observed === null || isObject(step.observed)),
    )
  );
}

function sends(item: PlanItem | undefined): string {
  const { action, calls = [], unpredicted = null } = item ?? {};
  return canonical([action ?? null, calls as unknown as Json, unpredicted]);
}

function byStep(plan: Plan): Record<StepId, PlanItem> {
  return Object.fromEntries(plan.map((item) => [item.step, item]));
}

function pairs<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
): Map<string, [T | undefined, T | undefined]> {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  const own = (of: Readonly<Record<string, T>>, key: string) =>
    Object.hasOwn(of, key) ? of[key] : undefined;
  return new Map([...keys].map((key) => [key, [own(a, key), own(b, key)]]));
}

function differing(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): string[] {
  return [...pairs(a, b)].filter(([, [one, other]]) => one !== other).map(([field]) => field);
}
