import { describe, expect, it } from "vitest";
import type { Sequence } from "../../src/core/sequence.ts";
import { plan } from "../../src/features/plan.ts";
import { rollback } from "../../src/features/rollback.ts";
import { setup } from "../../src/features/setup.ts";
import { sequenceOf, things, World } from "../support/world.ts";

const team = things(["a", "1"], ["b", "2", "a"], ["c", "3"]);

const run = (world: World, sequence: Sequence = team) =>
  world.process((deps) => setup(deps(sequence)));
const undo = (world: World, options = {}) => world.process((deps) => rollback(deps(team), options));

describe("setup", () => {
  it("creates what is absent, then changes nothing and sends no write", async () => {
    const world = new World();
    expect(await run(world)).toMatchObject({ outcome: "succeeded", counts: { created: 3 } });
    const sent = world.writes.length;
    expect(await run(world)).toMatchObject({ outcome: "succeeded", counts: { unchanged: 3 } });
    expect(world.writes).toHaveLength(sent);
  });

  it("adopts what it finds, updates it, and on rollback restores only what it changed", async () => {
    const world = new World();
    world.found("a", "old");
    expect(await run(world)).toMatchObject({ counts: { created: 2, adopted: 1 } });
    expect(await undo(world)).toMatchObject({ outcome: "rolled-back", residue: [] });
    expect(world.rest()).toEqual([{ name: "a", value: "old" }]);
  });

  it("has kinds warm up for what it is going to write, which a plan does not", async () => {
    const world = new World();
    world.found("a", "1");
    await world.process((deps) => plan(deps(team)));
    expect(world.warmedUp).toEqual([]);
    await run(world);
    expect(world.warmedUp.toSorted()).toEqual(["b", "c"]);
  });

  it("unwinds what it did when a step fails for good", async () => {
    const world = new World();
    world.fate = (write) => (write === "set b" ? "refused" : undefined);
    const finished = await run(world);
    expect(finished).toMatchObject({
      outcome: "rolled-back",
      counts: { failed: 1 },
      failure: { code: "TEST_REFUSED" },
      residue: [],
    });
    expect(world.rest()).toEqual([]);
  });

  it("never sends a create twice when only the reply was lost", async () => {
    const world = new World();
    let once = true;
    world.fate = (write) => {
      if (write !== "create a" || !once) return undefined;
      once = false;
      return "reply-lost";
    };
    expect(await run(world)).toMatchObject({ outcome: "succeeded" });
    expect(world.rest().map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it("goes by the receipt of a step only while the step is of the same kind", async () => {
    const world = new World();
    const step = { step: "s", value: "1" };
    await run(world, sequenceOf({ memory: {} }, [{ ...step, name: "a" }]));
    await run(world, sequenceOf({ memory: {} }, [{ ...step, name: "a" }]));
    expect(world.receiptsGiven.get("memory.s")).toMatchObject({ name: "a" });
    world.found("b", "1");
    const other = sequenceOf({ memory: {} }, [{ ...step, name: "b", kind: "unmarked" }]);
    expect(await run(world, other)).toMatchObject({ counts: { adopted: 1 } });
    expect(world.receiptsGiven.get("memory.s")).toBeUndefined();
  });

  it("leaves what somebody changed since, and says so", async () => {
    const world = new World();
    await run(world);
    world.things.find(({ name }) => name === "b")!.value = "mine now";
    const finished = await undo(world);
    expect(finished).toMatchObject({
      outcome: "rollback-incomplete",
      residue: [{ step: "memory.b", why: expect.stringContaining("value changed since") }],
    });
    expect(world.rest()).toEqual([{ name: "b", value: "mine now" }]);
  });

  it("takes back only the last run's changes, and then the first one's", async () => {
    const world = new World();
    await run(world);
    await run(world, things(["a", "1"], ["b", "new", "a"], ["c", "3"]));
    await undo(world);
    expect(world.rest()).toContainEqual({ name: "b", value: "2" });
    expect(await run(world)).toMatchObject({ counts: { unchanged: 3 } });
    await undo(world);
    expect(world.rest()).toEqual([]);
  });
});

it("says that it waits where what it made a moment ago is not there, and for how long", async () => {
  for (const look of [setup, plan]) {
    const world = new World();
    world.lateness = 0;
    await run(world);
    const before = world.events.length;
    world.things = world.things.filter(({ name }) => name !== "c");
    await world.process<unknown>((deps) => look(deps(team)));
    const waits = world.events.slice(before).filter(({ type }) => type === "step.probing");
    expect(waits).toMatchObject([{ step: "memory.c", known: true }]);
    expect(waits[0]).not.toMatchObject({ waitMs: 0 });
  }
});

describe("plan", () => {
  it("says what setup would do and sends no write", async () => {
    const world = new World();
    world.found("a", "old");
    const planned = await world.process((deps) => plan(deps(team)));
    expect(planned).toMatchObject({
      plan: [
        { step: "memory.a", action: "adopt", changes: [{ field: "value", from: "old", to: "1" }] },
        { step: "memory.c", action: "create" },
        { step: "memory.b", action: "create" },
      ],
    });
    expect(world.writes).toEqual([]);
  });
});
