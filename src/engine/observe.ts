import { ignores } from "../core/ignore.ts";
import type { Target } from "../core/journal.ts";
import { canonical, equal, type JsonObject } from "../core/json.ts";
import type { Action, PlanItem } from "../core/plan.ts";
import type { Receipt } from "../core/ports.ts";
import type { AnyKind } from "../core/provider.ts";
import { isSameThing } from "../core/same-thing.ts";
import type { StepSpec } from "../core/sequence.ts";
import type { Change, StepId } from "../core/step.ts";
import { adopts, type Conflict, conflict } from "./conflict.ts";
import type { EngineDeps, Session } from "./deps.ts";
import { type Prepared, prepare } from "./input.ts";
import { isOurs, kindOf, type Sessions } from "./session.ts";

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
  /** By step: what was found where the step was to create its own. */
  readonly conflicts?: ReadonlyMap<StepId, Conflict>;
  /** True: nothing is called; a step is taken to be as its last receipt says. */
  readonly remembers?: true;
  session(integration: string): Session;
}

/** Where to look at it again. */
export function targetOf({ spec, session, prepared }: Observation): Target {
  const { id: step, integration, kind } = spec;
  const provider = session.provider.id;
  return { step, integration, provider, kind, config: session.config, input: prepared.safe };
}

/** A look that was begun before all that the step refers to was known for certain. */
export interface EarlyLook {
  /** With what was known or expected by then. */
  readonly prepared: Prepared;
  readonly now: Promise<JsonObject | undefined>;
}

/**
 * Looks at one step; `state` gives what the steps before it have, or will have. An early look is
 * enough when it looked at the same thing and either found nothing there, which does not depend
 * on what else is asked for, or knew all values.
 */
export async function observe(
  observer: Observer,
  spec: StepSpec,
  state: (step: StepId) => JsonObject | undefined,
  early?: EarlyLook,
): Promise<Observation> {
  const session = observer.session(spec.integration);
  const kind = kindOf(session.provider, spec.kind);
  const prepared = await prepare(spec, kind, observer.deps, state);
  const receipt = observer.receipts.get(spec.id);
  const { input } = prepared;
  if (isBlind(kind, prepared)) {
    return { ...base("create", [], input), now: undefined, predicted: undefined };
  }
  const now = await (early !== undefined && isSamePlace(kind, early.prepared.safe, prepared.safe)
    ? early.now.then((seen) => {
        const enough = seen === undefined || equal(early.prepared.safe, prepared.safe);
        return enough ? seen : read(observer, spec, prepared);
      })
    : read(observer, spec, prepared));
  if (now === undefined) return { ...base("create", [], input), now, predicted: undefined };
  // What stands in the place of the receipt's thing is not the receipt's.
  const isKnown = receipt !== undefined && isSameThing(receipt.state, now);
  const taken = receipt === undefined ? observer.conflicts?.get(spec.id) : undefined;
  if (taken && taken.key === kind.key(input) && !adopts(observer.deps, spec.id)) {
    await refuseForeign(observer, spec, prepared, now);
  }
  const all = kind.changes(input, now, observer.deps);
  const isIgnored = ({ field }: Change): boolean => ignores(spec.ignore, field);
  const changes = all.filter((change) => !isIgnored(change));
  const ignored = all.filter(isIgnored).map(({ field }) => field);
  const known = isKnown || kind.readOnly === true;
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

/** Throws TestxError STEP_CONFLICT, unless what is there is testx's own by now. */
async function refuseForeign(
  { sessions, session: sessionOf }: Observer,
  spec: StepSpec,
  { input }: Prepared,
  now: JsonObject,
): Promise<void> {
  const session = sessionOf(spec.integration);
  const kind = kindOf(session.provider, spec.kind);
  if (await isOurs(sessions, session, kind, { step: spec.id }, now)) return;
  const { id: step, integration } = spec;
  throw conflict({ step, integration, title: kind.title(input) }, now);
}

/** Reads a step whose input is prepared, by way of its receipt. */
export async function read(
  { sessions, session: sessionOf, receipts, remembers }: Observer,
  spec: StepSpec,
  { input }: Prepared,
): Promise<JsonObject | undefined> {
  const session = sessionOf(spec.integration);
  const kind = kindOf(session.provider, spec.kind);
  const receipt = receipts.get(spec.id);
  if (remembers) {
    await kind.loadChanges?.();
    return receipt?.state;
  }
  const about = { step: spec.id, receipt: receipt?.state };
  return sessions.readKnown(session, receipt?.at, about, (call) =>
    kind.read(session.client, input, call),
  );
}

/** Whether what is to be looked at is not known yet. */
export function isBlind({ identity }: AnyKind, { input, unknown }: Prepared): boolean {
  return input === undefined || unknown.some(({ path }) => identity.includes(String(path[0])));
}

/** Whether two inputs, without their secrets, mean the same thing. */
export function isSamePlace({ identity }: AnyKind, a: JsonObject, b: JsonObject): boolean {
  return identity.every((field) => equal(a[field], b[field]));
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
