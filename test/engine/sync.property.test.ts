import { expect, it } from "vitest";
import { deferredIn } from "../../src/core/deferred.ts";
import { TestxError } from "../../src/core/failure.ts";
import type { Fallback } from "../../src/core/sequence.ts";
import { retryDeferred } from "../../src/features/deferred.ts";
import type { SequenceDeps } from "../../src/features/deps.ts";
import { rollback } from "../../src/features/rollback.ts";
import { setup } from "../../src/features/setup.ts";
import { sync } from "../../src/features/sync.ts";
import fc from "../support/property.ts";
import { type Fate, type Row, sequenceOf, World } from "../support/world.ts";

const names = ["a", "b", "c", "d"] as const;
const services = ["one", "two"] as const;

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

/** One testx process: what it is asked, what is down meanwhile, and what befalls it. */
const process = fc.record({
  command: fc.constantFrom(
    "setup" as const,
    "setup" as const,
    "sync" as const,
    "rollback" as const,
  ),
  down: fc.subarray([...services]),
  offline: fc.boolean(),
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
  fallbacks: fc.tuple(
    fc.constantFrom<Fallback>("defer", "cache"),
    fc.constantFrom<Fallback>("defer", "cache", "fail"),
  ),
  steps: fc.array(
    fc.record({
      value: fc.constantFrom("1", "2"),
      service: fc.constantFrom(...services),
      after: fc.nat(7),
      refers: fc.boolean(),
    }),
    { minLength: 1, maxLength: names.length },
  ),
  processes: fc.array(process, { maxLength: 5 }),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

function sequenceFor({ fallbacks, steps }: Story) {
  const rows = steps.map(({ value, service, after, refers }, at): Row => {
    const before = names
      .slice(0, at)
      .flatMap((name, bit) => ((after >> bit) & 1 ? [`${steps[bit]!.service}.${name}`] : []));
    const given = refers && before[0] !== undefined ? `\${${before[0]}.value}!` : value;
    return { integration: service, name: names[at]!, value: given, after: before };
  });
  const [one, two] = fallbacks;
  return sequenceOf({ one: { fallback: one }, two: { fallback: two } }, rows);
}

const asked = { fates: [], dieAtAppend: undefined };
/** What waits since before refers to what was made later, and undone again. */
const undoneBefore: Story = {
  fallbacks: ["defer", "defer"],
  steps: [
    { value: "1", service: "two", after: 0, refers: false },
    { value: "1", service: "one", after: 7, refers: true },
    { value: "1", service: "one", after: 0, refers: false },
  ],
  processes: [
    { command: "setup", down: [], offline: true, ...asked },
    { command: "setup", down: ["one"], offline: false, ...asked },
    { command: "rollback", down: [], offline: false, ...asked },
  ],
};

const budget = Number(globalThis.process.env.TESTX_CHAOS_SEEDS ?? 500);

it(`what waits comes to the same end as if nothing had happened (${budget} stories)`, async () => {
  let caughtUp = 0;
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const sequence = sequenceFor(told);
      const undisturbed = new World();
      await undisturbed.process((deps) => setup(deps(sequence)));

      const world = new World();
      /** Whether what was asked for last was to be there. */
      let wanted = false;
      for (const { command, down, offline, fates: given, dieAtAppend } of told.processes) {
        const left = [...given];
        world.fate = () => left.shift();
        world.dieAtAppend = dieAtAppend;
        for (const service of down) world.down.add(service);
        const ended = await world.process<unknown>((make) => {
          const deps = make(sequence);
          return run(command, command === "setup" ? { ...deps, offline } : deps);
        });
        world.down.clear();
        const seen = world.things.map(({ name }) => name);
        expect(seen, "no duplicate").toEqual([...new Set(seen)]);
        const outcome = (ended as { outcome?: string } | undefined)?.outcome;
        if (command === "rollback" && ended !== "NOTHING_TO_UNDO") wanted = false;
        if (command === "setup" && outcome === "degraded") wanted = true;
        if (command === "setup" && (outcome === "failed" || outcome === "rolled-back"))
          wanted = false;
      }

      world.fate = () => undefined;
      world.dieAtAppend = undefined;
      await world.process((deps) => retryDeferred(deps(sequence)));
      const last = await world.process((deps) => run("sync", deps(sequence)));
      expect(last).not.toBe("died");
      const unfinished = last === "SETUP_UNFINISHED";
      if (unfinished) await world.process((deps) => setup(deps(sequence)));
      expect(deferredIn(world.journal.looseEnds()).size, "nothing waits").toBe(0);
      if (wanted || unfinished) {
        caughtUp++;
        expect(world.rest()).toEqual(undisturbed.rest());
      }

      for (let runs = 0; runs <= told.processes.length + 2; runs++) {
        await world.process((deps) => run("rollback", deps(sequence)));
      }
      expect(world.rest(), "everything undone").toEqual([]);
    }),
    { numRuns: budget, endOnFailure: false, examples: [[undoneBefore]] },
  );
  expect(caughtUp).toBeGreaterThan(budget / 10);
}, 300_000);

/** What came of it; the code, where it could not begin. */
async function run(command: "setup" | "sync" | "rollback", deps: SequenceDeps): Promise<unknown> {
  try {
    if (command === "rollback") return await rollback(deps, {});
    return await (command === "setup" ? setup(deps) : sync(deps));
  } catch (error) {
    if (!(error instanceof TestxError)) throw error;
    expect(["NOTHING_TO_UNDO", "NOTHING_WAITS", "SETUP_UNFINISHED"]).toContain(error.code);
    return error.code;
  }
}
