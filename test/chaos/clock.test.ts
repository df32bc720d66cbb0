import { expect, it } from "vitest";
import type { Clock } from "../../src/core/ports.ts";
import type { Sequence } from "../../src/core/sequence.ts";
import { rollback } from "../../src/features/rollback.ts";
import { setup } from "../../src/features/setup.ts";
import { memoryJournal } from "../../src/platform/store/memory.ts";
import { things, World } from "../support/world.ts";

const team = things(["a", "1"], ["b", "2", "a"], ["c", "3"]);
const day = 86_400_000;

/** A world whose wall clock can be set; what passes, passes as before. */
function jumping() {
  const world = new World();
  let skew = 0;
  const now = () => world.now + skew;
  world.journal = memoryJournal({ now });
  const run = <T>(work: (deps: Parameters<typeof setup>[0]) => Promise<T>) =>
    world.process((depsOf: (sequence: Sequence) => Parameters<typeof setup>[0]) => {
      const deps = depsOf(team);
      const clock: Clock = { ...deps.clock, now };
      return work({ ...deps, clock });
    });
  return {
    world,
    jump: (ms: number) => {
      skew += ms;
    },
    setup: () => run(setup),
    rollback: () => run((deps) => rollback(deps, {})),
  };
}

const all = [
  { name: "a", value: "1" },
  { name: "b", value: "2" },
  { name: "c", value: "3" },
];

for (const [about, ms] of [
  ["a day forwards", day],
  ["a day backwards", -day],
  ["to before the epoch", -3 * 1_700_000_000_000],
] as const) {
  it(`a clock that jumps ${about} in the middle of a run changes nothing`, async () => {
    const { world, jump, ...run } = jumping();
    world.fate = (write) => {
      if (write === "create b") jump(ms);
      return write === "create b" || write === "set c" ? "reply-lost" : undefined;
    };
    let lost = 0;
    const fate = world.fate;
    world.fate = (write) => (fate(write) !== undefined && lost++ < 2 ? fate(write) : undefined);
    expect(await run.setup()).toMatchObject({ outcome: "succeeded" });
    expect(world.rest()).toEqual(all);
    jump(-ms);
    expect(await run.setup()).toMatchObject({ outcome: "succeeded", counts: { unchanged: 3 } });
    expect(await run.rollback()).toMatchObject({ outcome: "rolled-back", residue: [] });
    expect(world.rest()).toEqual([]);
  });

  it(`killed with a write under way, and then the clock jumps ${about}: one of each`, async () => {
    for (const killedAt of ["create a", "set a", "create c"]) {
      const { world, jump, ...run } = jumping();
      world.fate = (write) => {
        if (write !== killedAt) return undefined;
        void world.die();
        // It lands when the next run is long under way.
        return "zombie";
      };
      expect(await run.setup()).toBe("died");
      world.fate = () => undefined;
      jump(ms);
      expect(await run.setup()).toMatchObject({ outcome: "succeeded", residue: [] });
      expect(world.rest(), killedAt).toEqual(all);
      expect(await run.rollback()).toMatchObject({ outcome: "rolled-back", residue: [] });
      expect(world.rest(), killedAt).toEqual([]);
    }
  });
}
