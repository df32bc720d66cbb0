import { type Failure, TestxError } from "../core/failure.ts";
import { ignores } from "../core/ignore.ts";
import type { Target } from "../core/journal.ts";
import { canonical, type Json, type JsonObject } from "../core/json.ts";
import type { Action, PlanItem } from "../core/plan.ts";
import type { Receipt } from "../core/ports.ts";
import type { AnyKind } from "../core/provider.ts";
import { findReferences } from "../core/references.ts";
import type { StepSpec } from "../core/sequence.ts";
import type { Change, StepId } from "../core/step.ts";
import type { EngineDeps, Session } from "./deps.ts";
import { type Prepared, prepare } from "./input.ts";
import { kindOf, type Sessions } from "./session.ts";

/** A step as it was found, and what would be done about it. */
export interface Observation {
  readonly spec: StepSpec;
  readonly session: Session;
  readonly kind: AnyKind;
  readonly prepared: Prepared;
  readonly now: JsonObject | undefined;
  readonly item: PlanItem;
  /** What later steps may count on while planning; `undefined` when it is yet to be made. */
  readonly predicted: JsonObject | undefined;
}

export interface Observer {
  readonly deps: EngineDeps;
  readonly sessions: Sessions;
  readonly receipts: ReadonlyMap<StepId, Receipt>;
  session(integration: string): Session;
}

/** Where to look at it again. */
export function targetOf({ spec, session, prepared }: Observation): Target {
  const { id: step, integration, kind } = spec;
  const provider = session.provider.id;
  return { step, integration, provider, kind, config: session.config, input: prepared.safe };
}

/** Looks at one step; `state` gives what the steps before it have, or will have. */
export async function observe(
  observer: Observer,
  spec: StepSpec,
  state: (step: StepId) => JsonObject | undefined,
): Promise<Observation> {
  const session = observer.session(spec.integration);
  const kind = kindOf(session.provider, spec.kind);
  const prepared = await prepare(spec, kind, observer.deps, state);
  const receipt = observer.receipts.get(spec.id);
  const { input } = prepared;
  const blind =
    input === undefined ||
    prepared.unknown.some(({ path }) => kind.identity.includes(String(path[0])));
  if (blind) {
    return { ...base("create", [], input), now: undefined, predicted: undefined };
  }
  const now: JsonObject | undefined = await observer.sessions.readKnown(
    session,
    receipt?.at,
    { step: spec.id, receipt: receipt?.state },
    (call) => kind.read(session.client, input, call),
  );
  if (now === undefined) return { ...base("create", [], input), now, predicted: undefined };
  const all = kind.changes(input, now, observer.deps);
  const isIgnored = ({ field }: Change): boolean => ignores(spec.ignore, field);
  const changes = all.filter((change) => !isIgnored(change));
  const ignored = all.filter(isIgnored).map(({ field }) => field);
  const known = receipt !== undefined || kind.readOnly === true;
  const action: Action = !known ? "adopt" : changes.length > 0 ? "update" : "unchanged";
  return {
    ...base(action, changes, input, ignored),
    now,
    predicted: predict(now, changes),
  };

  function base(
    action: Action,
    changes: readonly Change[],
    known: unknown,
    ignored: readonly string[] = [],
  ) {
    const title = known === undefined ? draftTitle(kind, spec, prepared) : kind.title(known);
    const item: PlanItem = {
      step: spec.id,
      integration: spec.integration,
      kind: spec.kind,
      title,
      action,
      changes,
      unknown: [...new Set(prepared.unknown.map(({ text }) => text))],
      ...(ignored.length > 0 ? { ignored } : {}),
      ...(typeof kind.undo === "string" ? { irreversible: kind.undo } : {}),
    };
    return { spec, session, kind, prepared, item };
  }
}

/** An input with gaps may have all that the title needs; else it is called as in the sequence. */
function draftTitle(kind: AnyKind, spec: StepSpec, { safe }: Prepared): string {
  try {
    const title = kind.title(safe);
    if (!/undefined|\[object/.test(title)) return title;
  } catch {
    // The part that is missing is one that the title needs.
  }
  return spec.id;
}

function predict(now: JsonObject, changes: readonly Change[]): JsonObject {
  const predicted = { ...now };
  for (const { field, to } of changes) {
    if (canonical(to).includes("\u27e8")) delete predicted[field];
    else predicted[field] = to;
  }
  return predicted;
}

/**
 * Looks at all steps at once; one waits only for those whose receipts it refers to. A step
 * that could not be read carries its failure instead.
 */
export async function observeAll(
  observer: Observer,
  specs: readonly StepSpec[],
): Promise<Map<StepId, Observation | { spec: StepSpec; failure: Failure }>> {
  const pending = new Map<StepId, Promise<Observation | { spec: StepSpec; failure: Failure }>>();
  const byId = new Map(specs.map((spec) => [spec.id, spec]));
  // In the sequence's order every step comes behind those it refers to; see `ordered`.
  for (const spec of specs) pending.set(spec.id, look(spec));
  const result = new Map<StepId, Observation | { spec: StepSpec; failure: Failure }>();
  for (const [id, observation] of pending) result.set(id, await observation);
  return result;

  async function look(spec: StepSpec) {
    const found = new Map<StepId, JsonObject | undefined>();
    for (const step of referredSteps(spec.with)) {
      if (!byId.has(step)) continue;
      const before = await pending.get(step);
      found.set(step, before && "predicted" in before ? before.predicted : undefined);
    }
    try {
      return await observe(observer, spec, (step) => found.get(step));
    } catch (error) {
      if (error instanceof TestxError) return { spec, failure: error.failure };
      throw error;
    }
  }
}

function referredSteps(value: Json): Set<StepId> {
  return new Set(
    findReferences(value)
      .filter(({ parts }) => parts[0] !== "env")
      .map(({ parts }) => `${parts[0]}.${parts[1]}`),
  );
}
