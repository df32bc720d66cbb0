import { TestxError } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Sequence, StepSpec } from "../../core/sequence.ts";
import { plan } from "../plan.ts";
import type { Universe } from "./universe.ts";

/** One field of a step with another value. */
interface Other {
  readonly step: string;
  readonly field: string;
  readonly value: Json;
}

/**
 * The sequence with other values wherever they leave a thing the same thing: what somebody else
 * might have made. Which these are is found out by asking for plans where all is set up and
 * nothing is known of it: what they would adopt is the same thing still.
 */
export async function withOtherFields(universe: Universe): Promise<Sequence> {
  const { sequence } = universe;
  const candidates = sequence.steps.map(othersOf);
  const rounds = Math.max(0, ...candidates.map(({ length }) => length));
  const found: Other[] = [];
  for (let round = 0; round < rounds; round++) {
    const together = candidates.flatMap((others) => others[round] ?? []);
    found.push(...((await adopted(universe, together)) ?? (await oneByOne(universe, together))));
  }
  return changed(sequence, found);
}

/** One of them is not possible at all: which one? */
async function oneByOne(universe: Universe, others: readonly Other[]): Promise<Other[]> {
  const found: Other[] = [];
  for (const other of others) found.push(...((await adopted(universe, [other])) ?? []));
  return found;
}

/** Those with which it would be adopted; `undefined` when there is no plan with them. */
async function adopted(universe: Universe, others: readonly Other[]): Promise<Other[] | undefined> {
  const options = { command: "testx plan", faults: [] };
  const sequence = changed(universe.sequence, others);
  const planned = await universe.process(options, async (deps) => {
    try {
      return (await plan({ ...deps, sequence })).plan;
    } catch (error) {
      if (error instanceof TestxError) return undefined;
      throw error;
    }
  });
  if (planned === undefined || planned === "died") return undefined;
  return others.filter(({ step, field }) =>
    planned.some(
      (item) =>
        item.step === step &&
        item.action === "adopt" &&
        item.changes.some((change) => change.field === field),
    ),
  );
}

function changed(sequence: Sequence, others: readonly Other[]): Sequence {
  const steps = sequence.steps.map((step): StepSpec => {
    const own = others.filter((other) => other.step === step.id);
    const values = Object.fromEntries(own.map(({ field, value }) => [field, value]));
    return own.length === 0 ? step : { ...step, with: { ...step.with, ...values } };
  });
  return { ...sequence, steps };
}

function othersOf({ id, with: input }: StepSpec): Other[] {
  return Object.entries(input as JsonObject).flatMap(([field, value]) => {
    const other = otherThan(value);
    return other === undefined ? [] : [{ step: id, field, value: other }];
  });
}

function otherThan(value: Json): Json | undefined {
  if (typeof value === "boolean") return !value;
  // What is nothing but a reference says where a thing is.
  if (typeof value !== "string" || /^\$\{[^}]*\}$/.test(value)) return undefined;
  if (/^[0-9a-f]{6}$/i.test(value)) return value === "c0ffee" ? "decade" : "c0ffee";
  return `${value} (as it was)`;
}
