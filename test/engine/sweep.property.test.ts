import { expect, it } from "vitest";
import { TestxError } from "../../src/core/failure.ts";
import { rollback } from "../../src/features/rollback.ts";
import { setup } from "../../src/features/setup.ts";
import fc from "../support/property.ts";
import { type Fate, lateZombieMs, things, World } from "../support/world.ts";

const names = ["a", "b", "c"] as const;

/** Writes that take effect after every wait is over, and others that make the same thing. */
const fates: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 3, arbitrary: fc.constant("ok" as const) },
  { weight: 4, arbitrary: fc.constant("late-zombie" as const) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Fate>(
      ...(["refused", "lost", "reply-lost", "zombie", "taken", "die-before", "die-after"] as const),
    ),
  },
);

const process = fc.record({
  command: fc.constantFrom("setup" as const, "setup" as const, "rollback" as const),
  adopt: fc.boolean(),
  fates: fc.array(fates, { maxLength: 8 }),
  dieAtAppend: fc.option(
    fc.record({
      nth: fc.integer({ min: 1, max: 16 }),
      when: fc.constantFrom("before" as const, "after" as const),
    }),
    { nil: undefined },
  ),
  /** What passes before the next one, in ms. */
  pause: fc.constantFrom(0, 0, 900, 2000),
});

const story = fc.record({
  values: fc.array(fc.constantFrom("1", "2"), { minLength: 1, maxLength: names.length }),
  found: fc.subarray([...names]),
  processes: fc.array(process, { minLength: 1, maxLength: 4 }),
});

const budget = Number(globalThis.process.env.TESTX_CHAOS_SEEDS ?? 500);

it(`sweeps up what came too late, and takes nothing of others (${budget} stories)`, async () => {
  let swept = 0;
  await fc.assert(
    fc.asyncProperty(story, async ({ values, found, processes }) => {
      const world = new World();
      const asked = values.map((value, at) => ({ name: names[at]! as string, value }));
      const sequence = things(...asked.map(({ name, value }): [string, string] => [name, value]));
      for (const name of found) world.found(name);
      world.rest();

      for (const { command, adopt, fates, dieAtAppend, pause } of processes) {
        const left = [...fates];
        world.fate = () => left.shift();
        world.dieAtAppend = dieAtAppend;
        const options = adopt ? { adopt: "all" as const } : {};
        await world.process<unknown>((deps) =>
          command === "setup" ? setup(deps(sequence), options) : undo(deps(sequence)),
        );
        world.pass(pause);
      }

      world.pass(lateZombieMs);
      world.fate = () => undefined;
      world.dieAtAppend = undefined;
      const finished = await world.process((deps) => setup(deps(sequence), { adopt: "all" }));
      expect(finished).toMatchObject({ outcome: "succeeded", residue: [] });
      // Whoever else made something has it still, and nothing is there that nobody asked for.
      const theirs = world.things.filter(({ by }) => by === "somebody").map(({ name }) => name);
      expect(theirs).toEqual([...new Set(theirs)]);
      expect(theirs).toEqual(expect.arrayContaining(found));
      for (const { name, value } of asked) {
        const all = world.things.filter((one) => one.name === name);
        // Where both have made one, each keeps its own.
        expect(all.filter(({ by }) => by === "testx").length, `one ${name}`).toBeLessThan(2);
        expect(all.filter((one) => one.value === value)).toHaveLength(1);
      }
      const made = world.things.map(({ name }) => name);
      const allowed = [...theirs, ...asked.map(({ name }) => name)];
      expect(allowed, "nothing that nobody asked for").toEqual(expect.arrayContaining(made));

      for (let runs = 0; runs <= processes.length + 1; runs++) {
        await world.process((deps) => undo(deps(sequence)));
      }
      expect(world.rest(), "everything undone").toEqual(
        theirs
          .map((name) => ({ name, value: "theirs" }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
      for (const event of world.events) {
        if (event.type === "step.swept") swept += event.removed.length;
      }
    }),
    { numRuns: budget, endOnFailure: false },
  );
  expect(swept, "there was something to sweep up").toBeGreaterThan(budget / 20);
}, 120_000);

async function undo(deps: Parameters<typeof rollback>[0]) {
  try {
    return await rollback(deps, {});
  } catch (error) {
    if (!(error instanceof TestxError) || error.code !== "NOTHING_TO_UNDO") throw error;
    return undefined;
  }
}
