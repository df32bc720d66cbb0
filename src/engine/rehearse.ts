import { type Failure, failure, TestxError } from "../core/failure.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { writes } from "../core/plan.ts";
import { dig, findReferences } from "../core/references.ts";
import type { StepSpec } from "../core/sequence.ts";
import type { StepId } from "../core/step.ts";
import type { Unknowns } from "../core/unknowns.ts";
import { type Observation, type Observer, observe } from "./observe.ts";
import type { Prepared } from "./prepare.ts";
import { applyStep } from "./spare.ts";

export interface Rehearsed {
  readonly step: StepId;
  /** Why it could not be rehearsed to its end. */
  readonly failure?: Failure;
}

type Form = (unknowns: Unknowns, name: string) => Json;

/** What stands in for a value of a step that could not be rehearsed, one after the other. */
const forms: readonly Form[] = [
  (unknowns, name) => (/url$/i.test(name) ? address(unknowns, name) : word(unknowns, name)),
  address,
  (unknowns, name) => unknowns.number(name),
];

function word(unknowns: Unknowns, name: string): Json {
  return unknowns.text(name, (digits) => digits);
}

function address(unknowns: Unknowns, name: string): Json {
  return unknowns.text(name, (digits) => `https://later.invalid/${digits}`);
}

/**
 * Carries out the writing steps as setup would, one after the other, over connections on which
 * no write leaves: `observer` has sessions of that kind. What a step leaves, stand-ins for what
 * only the service can know included, is what later steps refer to.
 */
export async function rehearse(
  observer: Observer,
  { steps, planned, tally }: Pick<Prepared, "steps" | "planned" | "tally">,
  unknowns: Unknowns,
  begin: (step: StepId) => void,
): Promise<Rehearsed[]> {
  const receipts = new Map<StepId, JsonObject>(tally.receipts);
  const missed = new Set<StepId>();
  const rehearsed: Rehearsed[] = [];
  for (const spec of steps) {
    const seen = planned.get(spec.id);
    const status = tally.status.get(spec.id);
    if (status === "done") continue;
    const lost = status !== undefined || seen === undefined || "failure" in seen;
    if (lost || spec.after.some((before) => missed.has(before))) {
      missed.add(spec.id);
      continue;
    }
    begin(spec.id);
    try {
      const after = await once(observer, spec, seen, receipts, unknowns);
      if (after !== undefined) receipts.set(spec.id, after);
      rehearsed.push({ step: spec.id });
    } catch (error) {
      observer.deps.stop.throwIfAborted();
      const cause =
        error instanceof TestxError
          ? error.failure
          : failure("CALLS_NOT_PREDICTED", "what its service would answer could not be told");
      rehearsed.push({ step: spec.id, failure: cause });
    }
  }
  return rehearsed;
}

async function once(
  observer: Observer,
  spec: StepSpec,
  seen: Observation,
  receipts: ReadonlyMap<StepId, JsonObject>,
  unknowns: Unknowns,
): Promise<JsonObject | undefined> {
  if (seen.kind.readOnly === true) return seen.now;
  const observation = await lookAgain(observer, spec, receipts, unknowns);
  const { session, now, item } = observation;
  if (!writes(item)) return now;
  const receipt = observer.receipts.get(spec.id)?.state;
  const operation = unknowns.text(`${spec.id}.operation`, (digits) => digits.slice(0, 16));
  return observer.sessions.work(session, "apply", { step: spec.id, operation, receipt }, (call) =>
    applyStep(observation, now, call),
  );
}

/** With what steps before are expected to leave; what nobody can say is given a form that fits. */
async function lookAgain(
  observer: Observer,
  spec: StepSpec,
  receipts: ReadonlyMap<StepId, JsonObject>,
  unknowns: Unknowns,
): Promise<Observation> {
  const open = findReferences(spec.with).filter(
    ({ parts }) =>
      parts[0] !== "env" && dig(stateOf(parts, receipts), parts.slice(2)) === undefined,
  );
  for (const [at, form] of forms.entries()) {
    const given = new Map(receipts);
    for (const { parts, text } of open) {
      const step = `${parts[0]}.${parts[1]}`;
      given.set(step, placed(given.get(step) ?? {}, parts.slice(2), form(unknowns, text)));
    }
    try {
      return await observe(observer, spec, (step) => given.get(step));
    } catch (error) {
      const unfit = error instanceof TestxError && error.code === "STEP_INPUT_INVALID";
      if (!unfit || open.length === 0 || at === forms.length - 1) throw error;
    }
  }
  throw new Error("unreachable");
}

function stateOf(parts: readonly string[], receipts: ReadonlyMap<StepId, JsonObject>): Json {
  return receipts.get(`${parts[0]}.${parts[1]}`) ?? null;
}

/** A copy of the state with the value at a path of keys. */
function placed(
  state: JsonObject,
  [key = "", ...rest]: readonly string[],
  value: Json,
): JsonObject {
  const inner = state[key];
  const below = isObject(inner) ? (inner as JsonObject) : {};
  return { ...state, [key]: rest.length === 0 ? value : placed(below, rest, value) };
}
