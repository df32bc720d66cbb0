import type { JsonObject } from "../../core/json.ts";
import type { Receipt } from "../../core/ports.ts";
import type { Scenario } from "../../core/scenario.ts";
import type { ActEnd, Violation } from "../../core/simulation.ts";
import { integrationOf } from "../../core/step.ts";
import { rollback } from "../rollback.ts";
import { setup } from "../setup.ts";
import type { Calm } from "./calm-weather.ts";
import { type Difference, differences, withoutIds } from "./difference.ts";
import type { Universe } from "./universe.ts";

/** What a story began with. */
export interface Given {
  readonly scenario: Scenario;
  readonly calm: Calm;
  readonly accounts: JsonObject;
}

/** Whether all of it is there already at the beginning. */
export function isGiven({ given = "nothing" }: Scenario): boolean {
  return given !== "nothing";
}

/** How long the weather has been calm when all must be well again, in ms. */
const calmMs = 3_600_000;
/** Runs of rollback after which nothing can be left to undo. */
const mostRollbacks = 8;

/**
 * What of the accounts is not as the last act says: with everything set up they are as after a
 * calm setup, with everything undone as at the beginning. What may still land is waited for.
 */
export function accountsBroken(
  universe: Universe,
  given: Given,
  acts: readonly ActEnd[],
): Violation[] {
  const end = acts.at(-1);
  const { journal } = universe;
  // A write may still land, or a copy of it may be there that the next run removes.
  if (end === undefined || universe.underWay() > 0 || journal.looseEnds().length > 0) return [];
  const act = acts.length - 1;
  if (end.outcome === "succeeded" || end.outcome === "degraded") {
    const receipts = journal.receipts();
    if (given.calm.receipts.some(({ step }) => !receipts.has(step))) return [];
    return told(whenSetUp(universe, given, receipts), act);
  }
  if (end.outcome !== "rolled-back" && end.outcome !== "rollback-incomplete") return [];
  if (journal.operations("undoable").length > 0 && end.outcome === "rolled-back") return [];
  const left = differences(universe.accounts(), given.accounts);
  const residue = [...given.calm.residue, ...acts.flatMap((one) => one.residue)];
  const explained = new Set(residue.flatMap(({ step }) => servicesOf(universe, step)));
  return [
    ...told(
      left.filter(({ where }) => !explained.has(serviceOf(where))),
      act,
      given,
    ),
    ...(wasCalm(universe, act) ? namedInVain(universe, given, end, left, act) : []),
  ];
}

function serviceOf(where: string): string {
  return where.split(/[.[]/)[0] as string;
}

/** Whether nothing went wrong with any call of the act, so that testx can know what there is. */
function wasCalm({ moments }: Universe, act: number): boolean {
  return !moments.some(
    (one) => one.act === act && one.type === "wire" && one.what === "sent" && one.detail,
  );
}

/** Residue of which nothing is left. */
function namedInVain(
  universe: Universe,
  { calm }: Given,
  { residue }: ActEnd,
  left: readonly Difference[],
  act: number,
): Violation[] {
  const differing = new Set(left.map(({ where }) => serviceOf(where)));
  return residue
    .filter(({ step }) => !calm.residue.some((always) => always.step === step))
    .filter(({ step }) => !servicesOf(universe, step).some((service) => differing.has(service)))
    .map(({ step, what }) => ({
      broken: "residue-exact",
      message: `${what} (${step}) is named as left behind, and nothing of it is there`,
      act,
    }));
}

/** The services in which a step may have left something. */
function servicesOf({ sequence }: Universe, step: string): string[] {
  const integration = integrationOf(step);
  const provider = sequence.integrations.find(({ id }) => id === integration)?.provider;
  return [integration, ...(provider === undefined ? [] : [provider])];
}

function whenSetUp(
  universe: Universe,
  { calm }: Given,
  receipts: ReadonlyMap<string, Receipt>,
): Difference[] {
  const now = withoutIds(universe.accounts(), receipts.values());
  return differences(now, withoutIds(calm.after, calm.receipts));
}

/**
 * The weather is calm again and everything has landed: a setup must bring everything to its
 * end, and rollbacks must bring back the beginning. Duplicates, orphans and things that were
 * adopted and touched show here at the latest.
 */
export async function aftermath(universe: Universe, given: Given): Promise<Violation[]> {
  universe.weather([]);
  await universe.rest();
  // Breakers stay open for a while after an outage.
  await universe.pass(calmMs);
  const options = { command: "testx", faults: [] };
  const up = await universe.process(options, (deps) => setup(deps));
  if (up === "died" || up.outcome !== "succeeded") {
    const ended = up === "died" ? "died" : `ended as ${up.outcome}`;
    const why = up === "died" || !up.failure ? "" : `: ${up.failure.code} ${up.failure.message}`;
    return [{ broken: "recovers", message: `when all was well again, setup ${ended}${why}` }];
  }
  const setUp = told(whenSetUp(universe, given, universe.journal.receipts()));
  for (let runs = 0; runs < mostRollbacks; runs++) {
    if (universe.journal.operations("undoable").length === 0) break;
    const down = await universe.process(options, (deps) => rollback(deps, {}));
    if (down === "died" || down.residue.length > given.calm.residue.length) {
      const left = down === "died" ? [] : down.residue.map(({ step, why }) => `${step} (${why})`);
      const message = `when all was well again, rollback left ${left.join(", ")}`;
      return [...setUp, { broken: "recovers", message }];
    }
  }
  const end = isGiven(given.scenario) ? given.accounts : given.calm.undone;
  return [...setUp, ...told(differences(universe.accounts(), end), undefined, given)];
}

function told(found: readonly Difference[], act?: number, undone?: Given): Violation[] {
  return found.slice(0, 5).map(({ where, what, value, twice }) => {
    const message =
      what === "extra"
        ? `${where} holds something that should not be there: ${value}`
        : `${where} lacks something that should be there: ${value}`;
    const lost = what === "missing" && undone !== undefined;
    const broken = lost ? "adopted-untouched" : twice ? "no-duplicates" : "no-orphans";
    return { broken, message, ...(act === undefined ? {} : { act }) };
  });
}
