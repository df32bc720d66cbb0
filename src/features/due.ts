import { type Deferred, deferredIn } from "../core/deferred.ts";
import type { JsonObject } from "../core/json.ts";
import { referredSteps } from "../core/references.ts";
import type { Sequence, StepSpec } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import { ordered } from "../engine/schedule.ts";
import { kindNamed } from "../engine/session.ts";
import type { SequenceDeps } from "./deps.ts";

/** What there is to catch up on. */
export interface Due {
  /** The steps to carry out, as they are in the sequence now. */
  readonly sequence: Sequence;
  /** The receipts of the others, by step. */
  readonly outside: ReadonlyMap<StepId, JsonObject>;
  /** Waits, and is not in the sequence any more. */
  readonly gone: readonly Deferred[];
}

/**
 * What waits, those set up before that refer to it, what it refers to itself and was undone since,
 * and what only looks and comes before. Left out: what is given up, and what comes right after that.
 */
export async function dueNow(
  deps: Pick<SequenceDeps, "journal" | "sequence" | "provider">,
): Promise<Due> {
  const { sequence, journal } = deps;
  const waiting = deferredIn(journal.looseEnds());
  const receipts = journal.receipts();
  const steps = ordered(sequence.steps);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const chosen = new Set<StepId>();
  const held = new Set<StepId>();
  for (const step of steps) {
    const known = waiting.get(step.id);
    if (known?.dead || (known && step.after.some((before) => held.has(before)))) held.add(step.id);
    else if (known || (receipts.has(step.id) && refersTo(step, chosen))) chosen.add(step.id);
  }
  for (const step of steps.toReversed()) {
    if (!chosen.has(step.id)) continue;
    for (const id of referredSteps(step.with)) {
      if (byId.has(id) && !receipts.has(id) && !held.has(id)) chosen.add(id);
    }
    for (const before of allBefore(step)) {
      if (!chosen.has(before.id) && (await onlyLooks(before))) chosen.add(before.id);
    }
  }
  const nearest = new Map<StepId, readonly StepId[]>();
  for (const { id, after } of steps) {
    const behind = after.flatMap((before) =>
      chosen.has(before) ? [before] : (nearest.get(before) ?? []),
    );
    nearest.set(id, [...new Set(behind)]);
  }
  const due = sequence.steps
    .filter(({ id }) => chosen.has(id))
    .map((step) => ({ ...step, after: nearest.get(step.id) ?? [] }));
  const used = new Set(due.map(({ integration }) => integration));
  return {
    sequence: {
      ...sequence,
      integrations: sequence.integrations.filter(({ id }) => used.has(id)),
      steps: due,
    },
    outside: new Map(
      [...receipts].flatMap(([step, { kind, state }]) =>
        byId.get(step)?.kind === kind && !chosen.has(step) ? [[step, state]] : [],
      ),
    ),
    gone: [...waiting.values()].filter(({ step }) => !byId.has(step)),
  };

  function allBefore(step: StepSpec, found = new Map<StepId, StepSpec>()): StepSpec[] {
    for (const id of step.after) {
      const before = byId.get(id);
      if (!before || found.has(id)) continue;
      found.set(id, before);
      allBefore(before, found);
    }
    return [...found.values()];
  }

  async function onlyLooks({ integration, kind }: StepSpec): Promise<boolean> {
    const id = sequence.integrations.find((one) => one.id === integration)?.provider ?? "";
    return kindNamed(await deps.provider(id), kind)?.readOnly === true;
  }
}

function refersTo(step: StepSpec, chosen: ReadonlySet<StepId>): boolean {
  return [...referredSteps(step.with)].some((id) => chosen.has(id));
}
