import { expect, it } from "vitest";
import { history } from "../../src/features/history.ts";
import { rollback } from "../../src/features/rollback.ts";
import { setup } from "../../src/features/setup.ts";
import { things, World } from "../support/world.ts";

const team = things(["a", "1"], ["b", "2", "a"], ["c", "3", "b"]);
const set = (world: World) => world.process((deps) => setup(deps(team)));
const newest = (world: World) => history(world.journal, new Map(), 1)[0]!;

it("a run under way has done what it has done so far", async () => {
  const world = new World();
  world.fate = (write) => (write === "create c" ? "die-before" : undefined);
  expect(await set(world)).toBe("died");
  expect(newest(world)).toMatchObject({ outcome: "unfinished", counts: { created: 2 } });
});

it("a run that was gone on with has done all that it did, however often it was stopped", async () => {
  for (let moment = 1; ; moment++) {
    const world = new World(moment);
    world.stopAt = moment;
    const stopped = await set(world);
    world.stopAt = moment % 7;
    await set(world);
    world.stopAt = undefined;
    const finished = await set(world);
    expect(finished).toMatchObject({ outcome: "succeeded" });
    if (stopped !== "died" && stopped.outcome !== "interrupted") break;
    const { counts } = newest(world);
    // Whoever was stopped after the last write only looks again, in another run or in this one.
    const made = counts.created + counts.updated + counts.unchanged;
    expect(made, `moment ${moment}`).toBe(3);
    if (world.journal.runs().length > 1) continue;
    expect(counts, `moment ${moment}`).toMatchObject({ created: 3, unchanged: 0 });
    await world.process((deps) => rollback(deps(team), {}));
    expect(newest(world)).toMatchObject({ counts: { undone: 3, created: 0 } });
  }
});

it("a run that died at any moment and was gone on with has done all that it did", async () => {
  for (const write of ["create a", "create b", "set b", "create c", "set c"]) {
    for (const fate of ["die-before", "die-after"] as const) {
      const world = new World();
      world.fate = (one) => (one === write ? fate : undefined);
      expect(await set(world)).toBe("died");
      world.fate = () => undefined;
      expect(await set(world)).toMatchObject({ outcome: "succeeded" });
      const { created, updated, unchanged } = newest(world).counts;
      expect(created + updated, `${write} ${fate}`).toBe(3);
      expect(unchanged, `${write} ${fate}`).toBe(0);
    }
  }
});
