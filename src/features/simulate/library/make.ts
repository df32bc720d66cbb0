import type {
  Act,
  ActOutcome,
  Expectation,
  Scenario,
  ScenarioFault,
} from "../../../core/scenario.ts";
import type { Integration, Sequence } from "../../../core/sequence.ts";
import type { Calm } from "../calm-weather.ts";

/** What scenarios are made for. */
export interface Subject {
  readonly sequence: Sequence;
  readonly calm: Pick<Calm, "writes" | "undoing">;
}

/** One idea of an outage, for each integration that it can befall, or for all of them at once. */
export interface Idea {
  (subject: Subject): readonly Scenario[];
  /** `down`: the first part of its scenarios' names, and what they are called together. */
  readonly called: string;
}

type Told = Pick<Scenario, "about" | "story"> & Partial<Pick<Scenario, "faults" | "given">>;

/** For each integration on its own; `writers`: only for those that are written to. */
export function each(
  name: string,
  among: "all" | "writers",
  tell: (integration: Integration) => Told,
): Idea {
  const idea = ({ sequence, calm }: Subject) =>
    sequence.integrations
      .filter(({ id }) => among === "all" || calm.writes[id] !== undefined)
      .map((one) => ({ name: `${name}/${one.id}`, integration: one.id, ...tell(one) }));
  return Object.assign(idea, { called: name });
}

/** For those of them that are written to and of which `holds` is true. */
export function eachThat(
  holds: (integration: Integration) => boolean,
  name: string,
  tell: (integration: Integration) => Told,
): Idea {
  const idea = ({ sequence, calm }: Subject) => {
    const integrations = sequence.integrations.filter(holds);
    return each(name, "writers", tell)({ sequence: { ...sequence, integrations }, calm });
  };
  return Object.assign(idea, { called: name });
}

/** `undefined`: the sequence does too little for it. */
export function together(name: string, tell: (subject: Subject) => Told | undefined): Idea {
  const idea = (subject: Subject) => {
    const told = tell(subject);
    return told === undefined ? [] : [{ name, ...told }];
  };
  return Object.assign(idea, { called: name });
}

/** How many writes setup sends in calm weather. */
export function writesOf({ calm }: Subject): number {
  return Object.values(calm.writes).reduce((sum, many) => sum + many, 0);
}

const any: readonly ActOutcome[] = ["succeeded", "degraded", "failed", "rolled-back"];

/** How setup may end when this integration fails for good, as its own policy says. */
export function without(
  { required, settings }: Integration,
  when: "before" | "midway",
): readonly ActOutcome[] {
  if (settings.fallbacks !== undefined) return any;
  if (settings.fallback === "fail") {
    return when === "before" ? ["failed"] : ["failed", "rolled-back"];
  }
  return required ? ["degraded"] : ["succeeded", "degraded"];
}

export const again: Act = {
  run: "setup",
  afterMs: 600_000,
  expect: { outcome: "succeeded", exit: 0 },
};

export function setup(faults: readonly ScenarioFault[], expect: Expectation = {}): Act {
  return { run: "setup", faults, expect };
}

/** Calm weather: what a story begins with. */
export const calmSetup: Act = { run: "setup", expect: { outcome: "succeeded", exit: 0 } };

export const succeeds: Expectation = { outcome: "succeeded", exit: 0 };
export const forever = 1_000_000;
export const minutes = 60_000;
