import { describe, expect, it } from "vitest";
import type { RunFinished } from "../../src/core/events.ts";
import { allRollbackPoints, rollback, rollbackPoints } from "../../src/features/rollback.ts";
import { setup } from "../../src/features/setup.ts";
import { sync } from "../../src/features/sync.ts";
import { unended, unfinished } from "../../src/features/unfinished.ts";
import { sequenceOf, things, World } from "../support/world.ts";

const team = things(["a", "1"], ["b", "2", "a"]);
const more = things(["a", "1"], ["b", "2", "a"], ["c", "3"]);

const set = (world: World, sequence = team) =>
  world.process((deps) => setup(deps(sequence))) as Promise<RunFinished>;
const undo = (world: World, run?: string) =>
  world.process((deps) => rollback(deps(team), { run })) as Promise<RunFinished>;
const names = (world: World) => world.rest().map(({ name }) => name);

/** Set up, and asked for once more, which is stopped before it writes anything. */
async function stoppedWhileLooking(sequence = more): Promise<World> {
  const world = new World();
  await set(world);
  world.stopAt = 3;
  expect(await set(world, sequence)).toMatchObject({ outcome: "interrupted" });
  world.stopAt = undefined;
  return world;
}

describe("a plain rollback", () => {
  it("undoes nothing of earlier runs where the newest was stopped before it wrote", async () => {
    const world = await stoppedWhileLooking();
    const [first, stopped] = world.journal.runs();
    expect(world.rest()).toHaveLength(2);
    expect(rollbackPoints(world.journal)).toEqual([]);
    expect(await undo(world)).toMatchObject({ outcome: "rolled-back", counts: { undone: 0 } });
    expect(names(world)).toEqual(["a", "b"]);
    expect(world.journal.runs().at(-1)).toMatchObject({ of: stopped!.run });
    // That one is closed by now: what comes before it is the newest again.
    expect(await undo(world)).toMatchObject({ counts: { undone: 2 } });
    expect(world.journal.runs().at(-1)).toMatchObject({ of: first!.run });
    expect(names(world)).toEqual([]);
  });

  it("undoes nothing of earlier runs where the newest died before it wrote", async () => {
    const world = new World();
    await set(world);
    world.dieAtAppend = { nth: 1, when: "after" };
    expect(await set(world, more)).toBe("died");
    world.dieAtAppend = undefined;
    expect(await undo(world)).toMatchObject({ counts: { undone: 0 } });
    expect(names(world)).toEqual(["a", "b"]);
  });

  it("goes on with the run whose undoing was cut off, and with no other", async () => {
    for (const nth of [1, 2, 3, 4, 5]) {
      const world = new World();
      await set(world);
      await set(world, more);
      const [older] = world.journal.runs();
      world.dieAtAppend = { nth, when: "after" };
      expect(await undo(world, older!.run), `append ${nth}`).toBe("died");
      world.dieAtAppend = undefined;
      expect(allRollbackPoints(world.journal).length).toBeGreaterThan(0);
      expect(await undo(world)).toMatchObject({ outcome: "rolled-back" });
      expect(names(world), `append ${nth}`).toEqual(["c"]);
      await undo(world);
      expect(names(world)).toEqual([]);
    }
  });

  it("goes on from the point from which on it was to undo", async () => {
    for (const nth of [1, 2, 3, 4, 5]) {
      const world = new World();
      await set(world, more);
      const [, b] = allRollbackPoints(world.journal).toReversed();
      world.dieAtAppend = { nth, when: "after" };
      const cut = await world.process((deps) => rollback(deps(more), { to: b!.point }));
      world.dieAtAppend = undefined;
      expect(cut).toBe("died");
      const last = await undo(world);
      expect(last).toMatchObject({ outcome: "rolled-back" });
      expect(names(world), `append ${nth}`).toEqual(["a"]);
      expect(unended(world.journal, () => undefined)).toBeUndefined();
      await undo(world);
      expect(names(world)).toEqual([]);
    }
  });

  it("closes a first run that was stopped before it wrote", async () => {
    const world = new World();
    world.stopAt = 3;
    expect(await set(world)).toMatchObject({ outcome: "interrupted" });
    world.stopAt = undefined;
    expect(await undo(world)).toMatchObject({ outcome: "rolled-back", counts: { undone: 0 } });
    await expect(undo(world)).rejects.toMatchObject({ code: "NOTHING_TO_UNDO" });
  });
});

it("naming a run of which nothing is left neither closes nor hides another that was cut off", async () => {
  const world = new World();
  await set(world);
  const [older] = world.journal.runs();
  await undo(world);
  world.dieAtAppend = { nth: 5, when: "after" };
  expect(await set(world, more)).toBe("died");
  world.dieAtAppend = undefined;
  const cut = world.journal.runs().at(-1)!.run;
  await expect(undo(world, older!.run)).rejects.toMatchObject({ code: "NOTHING_TO_UNDO" });
  expect(unfinished(world.journal, "setup")).toBe(cut);
});

it("a run that stops says whether there is something of it to undo", async () => {
  const world = await stoppedWhileLooking();
  world.stopAt = 3;
  const idle = await set(world, more);
  expect(idle).toMatchObject({ outcome: "interrupted" });
  expect(idle.undoable).toBeUndefined();
  for (world.stopAt = 4; ; world.stopAt++) {
    const stopped = await set(world, more);
    if (world.journal.operations("undoable").length === 2) continue;
    expect(stopped).toMatchObject({ outcome: "interrupted", undoable: 1 });
    break;
  }
  // What it did before it was gone on with is of the same run.
  world.stopAt = 3;
  const again = await set(world, more);
  expect(again).toMatchObject({ outcome: "interrupted", counts: { created: 0 }, undoable: 1 });
});

it("a setup that was stopped before it wrote holds nothing else up", async () => {
  const deferring = sequenceOf({ one: { fallback: "defer" } }, [
    { integration: "one", name: "a", value: "1" },
  ]);
  const world = new World();
  world.down.add("one");
  expect(await set(world, deferring)).toMatchObject({ outcome: "degraded" });
  world.stopAt = 2;
  expect(await set(world, deferring)).toMatchObject({ outcome: "interrupted" });
  world.stopAt = undefined;
  world.down.clear();
  const caughtUp = await world.process((deps) => sync(deps(deferring)));
  expect(caughtUp).toMatchObject({ outcome: "succeeded", counts: { created: 1 } });
});
