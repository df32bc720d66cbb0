import { expect, it } from "vitest";
import { TestxError } from "../../src/core/failure.ts";
import { rollback } from "../../src/features/rollback.ts";
import { setup } from "../../src/features/setup.ts";
import fc from "../support/property.ts";
import { type Fate, things, World } from "../support/world.ts";

const names = ["a", "b", "c", "d"] as const;

const fates: fc.Arbitrary<Fate> = fc.constantFrom(
  "ok",
  "refused",
  "lost",
  "reply-lost",
  "zombie",
  "die-before",
  "die-after",
  "die-zombie",
);

/** One testx process: what it is asked, and what befalls it. */
const process = fc.record({
  command: fc.constantFrom("setup" as const, "rollback" as const),
  /** By write, in order; "ok" behind the end. */
  fates: fc.array(fates, { maxLength: 6 }),
  dieAtAppend: fc.option(
    fc.record({
      nth: fc.integer({ min: 1, max: 12 }),
      when: fc.constantFrom("before" as const, "after" as const),
    }),
    { nil: undefined },
  ),
});

const story = fc.record({
  /** By step: its value, and the earlier steps that it comes after. */
  steps: fc.array(fc.record({ value: fc.constantFrom("1", "2"), after: fc.nat(7) }), {
    minLength: 1,
    maxLength: names.length,
  }),
  /** What somebody else had made before. */
  found: fc.subarray([...names]),
  processes: fc.array(process, { maxLength: 4 }),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

function sequenceOf(steps: Story["steps"]) {
  return things(
    ...steps.map(({ value, after }, at): [string, string, ...string[]] => [
      names[at]!,
      value,
      ...names.slice(0, at).filter((_, bit) => (after >> bit) & 1),
    ]),
  );
}

const budget = Number(globalThis.process.env.TESTX_CHAOS_SEEDS ?? 2000);

it(`leaves no duplicate and no orphan, whatever befalls it (${budget} stories)`, async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ steps, found, processes }) => {
      const world = new World();
      const sequence = sequenceOf(steps);
      for (const name of found) world.found(name);
      const initial = world.rest();
      const asked = steps.map(({ value }, at) => ({ name: names[at]! as string, value }));

      for (const { command, fates, dieAtAppend } of processes) {
        const left = [...fates];
        world.fate = () => left.shift();
        world.dieAtAppend = dieAtAppend;
        await world.process<unknown>((deps) =>
          command === "setup" ? setup(deps(sequence)) : undo(deps(sequence)),
        );
        const seen = world.things.map(({ name }) => name);
        expect(seen, "no duplicate").toEqual([...new Set(seen)]);
      }

      world.fate = () => undefined;
      world.dieAtAppend = undefined;
      const finished = await world.process((deps) => setup(deps(sequence)));
      expect(finished).toMatchObject({ outcome: "succeeded", residue: [] });
      expect(world.rest()).toEqual(
        [...initial.filter(({ name }) => !asked.some((one) => one.name === name)), ...asked].sort(
          (one, other) => (one.name < other.name ? -1 : 1),
        ),
      );

      for (let runs = 0; runs <= processes.length + 1; runs++) {
        await world.process((deps) => undo(deps(sequence)));
      }
      expect(world.rest(), "everything undone").toEqual(initial);
    }),
    { numRuns: budget, endOnFailure: false },
  );
}, 300_000);

async function undo(deps: Parameters<typeof rollback>[0]) {
  try {
    return await rollback(deps, {});
  } catch (error) {
    if (!(error instanceof TestxError) || error.code !== "NOTHING_TO_UNDO") throw error;
    return undefined;
  }
}
