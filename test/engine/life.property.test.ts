import { expect, it } from "vitest";
import { TestxError } from "../../src/core/failure.ts";
import type { Operation } from "../../src/core/ledger.ts";
import type { Fallback, Sequence } from "../../src/core/sequence.ts";
import { type RollbackOptions, rollback } from "../../src/features/rollback.ts";
import { setup } from "../../src/features/setup.ts";
import fc from "../support/property.ts";
import { type Fate, sequenceOf, World } from "../support/world.ts";

/**
 * The life of a set-up among other people: between the runs the sequence changes, somebody
 * changes, deletes and makes things, services are away, and a run may be stopped, die or fail.
 */

const names = ["a", "b", "c", "d"] as const;
type Name = (typeof names)[number];
const integrationOf = (name: Name) => (name < "c" ? "one" : "two");

const fate: fc.Arbitrary<Fate> = fc.constantFrom(
  "ok",
  "ok",
  "refused",
  "lost",
  "reply-lost",
  "zombie",
  "die-before",
  "die-after",
  "die-zombie",
);

const wanted = fc.record({
  /** By name; left out: the sequence does not have it. */
  values: fc.record(
    { a: fc.nat(2), b: fc.nat(2), c: fc.nat(2), d: fc.nat(2) },
    { requiredKeys: [] },
  ),
  /** Bits: which earlier ones each comes after. */
  after: fc.array(fc.nat(7), { minLength: 4, maxLength: 4 }),
});

const interference = fc.record({
  what: fc.constantFrom("change" as const, "delete" as const, "make" as const),
  name: fc.constantFrom(...names),
});

const process = fc.record({
  command: fc.oneof(
    { weight: 4, arbitrary: fc.constant("setup" as const) },
    { weight: 2, arbitrary: fc.constant("rollback" as const) },
    { weight: 1, arbitrary: fc.constant("rollback --run" as const) },
    { weight: 1, arbitrary: fc.constant("rollback --to" as const) },
  ),
  /** Which run, or which rollback point, counted round. */
  which: fc.nat(9),
  wanted: fc.option(wanted, { nil: undefined, freq: 2 }),
  before: fc.array(interference, { maxLength: 2 }),
  down: fc.subarray(["one", "two"]),
  fates: fc.array(fate, { maxLength: 6 }),
  dieAtAppend: fc.option(
    fc.record({
      nth: fc.integer({ min: 1, max: 14 }),
      when: fc.constantFrom("before" as const, "after" as const),
    }),
    { nil: undefined, freq: 2 },
  ),
  stopAt: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined, freq: 2 }),
});

const story = fc.record({
  fallback: fc.constantFrom<Fallback>("fail", "skip", "defer", "cache"),
  wanted,
  found: fc.subarray([...names]),
  processes: fc.array(process, { maxLength: 5 }),
  quiet: fc.boolean(),
});
type Wanted = typeof wanted extends fc.Arbitrary<infer T> ? T : never;
type Process = typeof process extends fc.Arbitrary<infer T> ? T : never;

function sequence({ values, after }: Wanted, fallback: Fallback): Sequence {
  const asked = names.filter((name) => values[name] !== undefined);
  return sequenceOf(
    { one: {}, two: { fallback, required: fallback === "fail" } },
    asked.map((name, at) => ({
      name,
      value: String(values[name]),
      integration: integrationOf(name),
      after: asked
        .slice(0, at)
        .filter((_, bit) => ((after[at] ?? 0) >> bit) & 1)
        .map((earlier) => `${integrationOf(earlier)}.${earlier}`),
    })),
  );
}

const budget = Number(globalThis.process.env.TESTX_CHAOS_SEEDS ?? 1000);

it(`leaves exactly what it says, whatever others do meanwhile (${budget} stories)`, async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ fallback, found, processes, quiet, ...first }) => {
      const world = new World();
      for (const name of found) world.found(name);
      const initial = world.rest();
      let current = first.wanted;

      for (const one of processes) {
        current = one.wanted ?? current;
        if (!quiet) for (const act of one.before) interfere(world, act);
        disturb(world, one);
        const team = sequence(current, fallback);
        const theirs = belongings(world, one.command);
        await world.process<unknown>((deps) =>
          one.command === "setup"
            ? setup(deps(team), { adopt: "all" })
            : undo(deps(team), choice(world, one)),
        );
        expectNoDuplicate(world);
        expectKept(world, theirs);
      }

      calm(world);
      const team = sequence(current, fallback);
      const finished = await world.process((deps) => setup(deps(team), { adopt: "all" }));
      expect(finished).toMatchObject({ outcome: "succeeded" });
      for (const step of team.steps) expect(world.rest()).toContainEqual(step.with);

      const runs = [...new Set(world.journal.operations("undoable").map(({ run }) => run))];
      for (const run of runs.toReversed()) await undoExactly(world, team, run);
      if (quiet) expect(world.rest(), "everything undone").toEqual(initial);
    }),
    { numRuns: budget, endOnFailure: false },
  );
});

function interfere(world: World, { what, name }: Process["before"][number]): void {
  const thing = world.things.find((one) => one.name === name);
  if (what === "make" && !thing) {
    // What testx has under way gets there first: nobody could keep them apart.
    world.pass(10_000);
    if (!world.things.some((one) => one.name === name)) world.found(name);
  }
  if (what === "change" && thing && !isHalfDone(world, name)) thing.value = "mine now";
  if (what === "delete" && thing) world.things.splice(world.things.indexOf(thing), 1);
}

/** Then nobody can tell the other half of the write from what somebody has changed. */
function isHalfDone(world: World, name: string): boolean {
  return world.journal.operations("open").some(({ intent }) => intent.key === name);
}

function disturb(world: World, { fates, dieAtAppend, stopAt, down }: Process): void {
  const left = [...fates];
  world.fate = () => left.shift();
  world.dieAtAppend = dieAtAppend;
  world.stopAt = stopAt;
  world.down.clear();
  for (const integration of down) world.down.add(integration);
}

function calm(world: World): void {
  world.pass(10_000);
  world.fate = () => undefined;
  world.dieAtAppend = undefined;
  world.stopAt = undefined;
  world.down.clear();
}

/** Of each thing that the run has written: it is as it was before, or it is in the residue. */
async function undoExactly(world: World, team: Sequence, run: string): Promise<void> {
  const written = world.journal.operations("undoable").filter((one) => one.run === run);
  const names = new Set(written.map(({ intent }) => intent.key));
  const others = world.rest().filter(({ name }) => !names.has(name));
  const theirs = belongings(world, "rollback");
  const undone = await world.process((deps) => undo(deps(team), { run }));
  const residue = typeof undone === "object" ? undone.residue : [];
  const left = new Set(residue.map(({ step }) => step));
  const differing = new Set(
    firstOfEach(written)
      .filter(differs)
      .map(({ step }) => step),
  );
  expect([...left].toSorted(), "residue is what differs").toEqual([...differing].toSorted());
  expect(unwritten(), "nothing else").toEqual(others);
  expectKept(world, theirs);

  function unwritten() {
    return world.rest().filter(({ name }) => !names.has(name));
  }

  function differs({ intent: { key, before }, after }: Operation): boolean {
    const there = world.things.filter(({ name }) => name === key);
    if (before === null)
      return there.some(({ id, by }) => by === "testx" && (after === undefined || after.id === id));
    return !there.some(({ value }) => value === before.value);
  }
}

/** By thing, and not by name: one may have come in the other's place. */
function firstOfEach(operations: readonly Operation[]): Operation[] {
  const first = new Map<string, Operation>();
  for (const operation of operations) {
    const { before, key } = operation.intent;
    const id = `${key} ${before?.id ?? operation.after?.id}`;
    if (!first.has(id)) first.set(id, operation);
  }
  return [...first.values()];
}

interface Belonging {
  readonly id: number;
  /** Set where what somebody has changed must stay as well. */
  readonly value?: string;
}

/** What nobody but its owners may take away; undoing also keeps what they have changed. */
function belongings(world: World, command: string): Belonging[] {
  return world.things.flatMap(({ id, name, by, value }): Belonging[] => {
    const changed = command !== "setup" && value === "mine now" && !isHalfDone(world, name);
    if (changed) return [{ id, value }];
    return by === "somebody" ? [{ id }] : [];
  });
}

function expectKept(world: World, theirs: readonly Belonging[]): void {
  for (const one of theirs)
    expect(world.things, "nothing of others").toContainEqual(expect.objectContaining(one));
}

function expectNoDuplicate(world: World): void {
  const seen = world.things.map(({ name }) => name);
  expect(seen, "no duplicate").toEqual([...new Set(seen)]);
}

function choice(world: World, { command, which }: Process): RollbackOptions {
  const points = world.journal.operations("undoable");
  const point = points[which % Math.max(1, points.length)];
  if (command === "rollback --run") return { run: point?.run };
  return command === "rollback --to" ? { to: point?.op } : {};
}

async function undo(deps: Parameters<typeof rollback>[0], options: RollbackOptions) {
  try {
    return await rollback(deps, options);
  } catch (error) {
    if (!(error instanceof TestxError) || error.code !== "NOTHING_TO_UNDO") throw error;
    return undefined;
  }
}
