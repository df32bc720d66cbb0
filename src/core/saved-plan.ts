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
  /** Of the step as written, and of the values that its references came to. */
  readonly configuration: string;
  /** Of each field as it was found; null: nothing was there, or nobody could look. */
  readonly observed: Readonly<Record<string, string>> | null;
  /** Of what testx knew of it; null: nothing. */
  readonly receipt: string | null;
}

/** One thing that is not as it was when the plan was made. */
export interface Moved {
  /** A step or an integration. */
  readonly what: string;
  readonly why:
    | "calls"
    | "configuration"
    | "observed"
    | "added"
    | "receipt"
    | "removed"
    | "appeared"
    | "vanished";
  /** Of `observed`: the fields. */
  readonly fields: readonly string[];
}

type Compared = Pick<SavedPlan, "plan" | "basis">;

/** All that has moved between two plans for one sequence; nothing, when one is as good as the other. */
export function movedBetween(saved: Compared, now: Compared): Moved[] {
  const moved: Moved[] = [];
  const note = (what: string, why: Moved["why"], fields: readonly string[] = []): void => {
    moved.push({ what, why, fields });
  };
  for (const [id, [before, after]] of pairs(saved.basis.integrations, now.basis.integrations)) {
    if (before === undefined) note(id, "added");
    else if (after === undefined) note(id, "removed");
    else if (before !== after) note(id, "configuration");
  }
  const items = pairs(byStep(saved.plan), byStep(now.plan));
  for (const [id, [before, after]] of pairs(saved.basis.steps, now.basis.steps)) {
    if (before === undefined) note(id, "added");
    else if (after === undefined) note(id, "removed");
    if (before === undefined || after === undefined) continue;
    const found = moved.length;
    if (before.configuration !== after.configuration) note(id, "configuration");
    if (before.observed === null && after.observed !== null) note(id, "appeared");
    else if (before.observed !== null && after.observed === null) note(id, "vanished");
    else {
      const fields = differing(before.observed ?? {}, after.observed ?? {});
      if (fields.length > 0) note(id, "observed", fields);
    }
    if (before.receipt !== after.receipt) note(id, "receipt");
    const [planned, foreseen] = items.get(id) ?? [];
    if (moved.length === found && sends(planned) !== sends(foreseen)) note(id, "calls");
  }
  return moved;
}

/** `slack.channel: topic is not as it was` */
export function movedText({ what, why, fields }: Moved): string {
  switch (why) {
    case "calls":
      return `${what}: other calls would be sent`;
    case "configuration":
      return `${what}: its configuration changed`;
    case "observed":
      return `${what}: ${fields.join(", ")} changed`;
    case "added":
      return `${what}: it was not in the sequence`;
    case "removed":
      return `${what}: it is not in the sequence any more`;
    case "receipt":
      return `${what}: testx has set it up or undone it since`;
    case "appeared":
      return `${what}: it was not there, and is there now`;
    case "vanished":
      return `${what}: it was there, and is not any more`;
  }
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
