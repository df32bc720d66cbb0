import { type Failure, TestxError } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { PlanItem } from "../core/plan.ts";
import type { Receipt } from "../core/ports.ts";
import { resolve } from "../core/references.ts";
import type { FallbackRule, StepSpec } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import { asWritten, type Postponed, postponed } from "./defer.ts";
import type { EngineDeps } from "./deps.ts";
import { lookupIn } from "./input.ts";
import { type Observation, type Observer, observe } from "./observe.ts";
import { kindNamed } from "./session.ts";

/** What becomes of a step that nobody can look at, because its integration is not there. */
export interface Fate {
  readonly spec: StepSpec;
  readonly status: "deferred" | "skipped" | "cached";
  readonly failure: Failure;
  readonly item: PlanItem;
  /** The last receipt, where it serves those that come after. */
  readonly receipt?: Receipt;
  /** The fixed value that serves them instead. */
  readonly value?: JsonObject;
  /** For what is deferred. */
  readonly postponed?: Postponed;
}

type State = (step: StepId) => JsonObject | undefined;

/**
 * Decides by the step's rule and by what is remembered of it; sends nothing. `cache` puts off
 * what would be written as far as the last receipt tells, and that receipt serves the others;
 * without one it is `defer`. `observer` remembers, and has no session where connecting failed.
 */
export async function fateOf(
  observer: Observer,
  spec: StepSpec,
  provider: string,
  { strategy, value }: FallbackRule,
  failure: Failure,
  state: State,
): Promise<Fate> {
  const { deps } = observer;
  const seen = await remembered(observer, spec, state);
  const kind = seen?.kind ?? kindNamed(await deps.provider(provider), spec.kind);
  const item = seen?.item ?? bare(spec);
  const told = (status: Fate["status"], reason = failure.message): Fate => {
    const action = status;
    return { spec, status, failure, item: { ...item, action, reason, ...ageOf(receipt) } };
  };
  const receipt = observer.receipts.get(spec.id);
  if (strategy === "skip") return told("skipped");
  if (strategy === "default") {
    const given = standInOf(value, deps, state);
    if (given === undefined) return told("skipped", `${failure.message} ${noDefault}`);
    return { ...told("skipped", `${failure.message} ${byDefault}`), value: given };
  }
  const wait = { ...told("deferred"), postponed: putOff() };
  if (strategy !== "cache") return wait;
  // What only looks has nothing to catch up on.
  if (deps.offline && kind?.readOnly === true) return told("skipped");
  if (receipt === undefined || isUnsettled(deps, spec)) return wait;
  const asked = seen === undefined || item.action !== "unchanged" || item.unknown.length > 0;
  return { ...(asked ? wait : told("cached")), receipt };

  function putOff(): Postponed {
    if (seen === undefined) {
      return { spec, provider, title: item.title, input: asWritten(spec, kind, deps) };
    }
    const { base, ...put } = postponed(deps, seen, state);
    // Without a receipt nobody has looked.
    return receipt === undefined || base === undefined ? put : { ...put, base };
  }

  function ageOf(known: Receipt | undefined) {
    return known === undefined ? {} : { ageMs: Math.max(0, deps.clock.now() - known.at) };
  }
}

/** A run was cut off while it wrote or undid this: nobody knows what of its receipt is true. */
function isUnsettled({ journal }: Pick<EngineDeps, "journal">, { id }: StepSpec): boolean {
  return journal.operations("open").some(({ step }) => step === id);
}

const byDefault = "What comes after it gets the default value.";
const noDefault = "Its default value refers to something that has no value.";

/** The default with its references replaced; `undefined` when one has no value. */
export function standInOf(
  value: JsonObject | undefined,
  deps: Pick<EngineDeps, "env">,
  state: State,
): JsonObject | undefined {
  const resolved = resolve(value ?? {}, lookupIn(deps, state));
  return resolved.missing.length > 0 ? undefined : resolved.value;
}

async function remembered(
  observer: Observer,
  spec: StepSpec,
  state: State,
): Promise<Observation | undefined> {
  if (observer.session(spec.integration) === undefined) return undefined;
  try {
    return await observe({ ...observer, remembers: true }, spec, state);
  } catch (error) {
    // The values of the last receipts may not do any more.
    if (error instanceof TestxError) return undefined;
    throw error;
  }
}

function bare({ id: step, integration, kind }: StepSpec): PlanItem {
  return { step, integration, kind, title: step, action: "deferred", changes: [], unknown: [] };
}
