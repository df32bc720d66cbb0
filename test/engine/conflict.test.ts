import { describe, expect, it } from "vitest";
import type { RunFinished } from "../../src/core/events.ts";
import { rollback } from "../../src/features/rollback.ts";
import { type SetupOptions, setup } from "../../src/features/setup.ts";
import { type Fate, type Row, sequenceOf, things, World } from "../support/world.ts";

const sequence = things(["a", "1"], ["b", "2", "a"]);
const run = (world: World, options: SetupOptions = {}) =>
  world.process((deps) => setup(deps(sequence), options)) as Promise<RunFinished>;
const undo = (world: World) =>
  world.process((deps) => rollback(deps(sequence), {})) as Promise<RunFinished>;
const fates = (world: World, ...all: Fate[]) => {
  world.fate = () => all.shift();
};
const show = (world: World) => world.rest().map(({ name, value }) => `${name}=${value}`);

const conflict = {
  failure: {
    code: "STEP_CONFLICT",
    message: expect.stringContaining("`testx integrations setup --adopt memory.a`"),
    details: { step: "memory.a", command: "testx integrations setup --adopt memory.a" },
  },
};

describe("something that somebody else made while testx was about to create it", () => {
  it("is a conflict, also the next time, and is taken over only when told to", async () => {
    const world = new World();
    fates(world, "taken");
    expect(await run(world)).toMatchObject({ outcome: "rolled-back", ...conflict });
    expect(await run(world), "asked again").toMatchObject({ outcome: "failed", ...conflict });
    expect(world.writes).toEqual(["create a: taken"]);
    expect(await run(world, { adopt: new Set(["memory.b"]) })).toMatchObject(conflict);

    const adopted = await run(world, { adopt: new Set(["memory.a"]) });
    expect(adopted).toMatchObject({ outcome: "succeeded", counts: { adopted: 1, created: 1 } });
    expect(await run(world), "it is known from now on").toMatchObject({
      outcome: "succeeded",
      counts: { unchanged: 2 },
    });
    expect(show(world)).toEqual(["a=1", "b=2"]);
    expect(await undo(world)).toMatchObject({ outcome: "rolled-back", residue: [] });
    expect(show(world), "never deleted").toEqual(["a=theirs"]);
  });

  it("is taken over in the same run when told to beforehand", async () => {
    const world = new World();
    fates(world, "lost", "taken");
    expect(await run(world, { adopt: "all" })).toMatchObject({
      outcome: "succeeded",
      counts: { adopted: 1, created: 1 },
    });
    await undo(world);
    expect(show(world)).toEqual(["a=theirs"]);
  });

  it("brings back no receipt of a step that was one of another kind, once it is taken over", async () => {
    const world = new World();
    const set = (...rows: Row[]) =>
      world.process((deps) => setup(deps(sequenceOf({ memory: {} }, rows)), { adopt: "all" }));
    await set({ step: "s", name: "a", value: "1" });
    fates(world, "taken");
    const s = { step: "s", name: "a", value: "${memory.c.value}!", kind: "unmarked", after: ["c"] };
    expect(await set({ name: "c", value: "1" }, s)).toMatchObject({ counts: { adopted: 2 } });
  });

  it("is found by recovery, and a conflict as well", async () => {
    const world = new World();
    fates(world, "die-before");
    expect(await run(world)).toBe("died");
    world.found("a");
    expect(await run(world)).toMatchObject({ outcome: "failed", ...conflict });
    expect(world.events).toContainEqual(
      expect.objectContaining({ type: "recovery.settled", found: "conflict" }),
    );
    expect(show(world), "nothing is touched").toEqual(["a=theirs"]);
    expect(await undo(world).catch((error) => error.code)).toMatchObject({ residue: [] });
    expect(show(world)).toEqual(["a=theirs"]);
  });

  it("is none any more when it is gone", async () => {
    const world = new World();
    fates(world, "taken");
    await run(world);
    world.things = [];
    expect(await run(world)).toMatchObject({ outcome: "succeeded", counts: { created: 2 } });
  });

  it("cannot be adopted for a step that there is not", async () => {
    const world = new World();
    await expect(run(world, { adopt: new Set(["memory.aa"]) })).rejects.toThrow(
      'There is no step "memory.aa" to adopt for. Did you mean "memory.a"?',
    );
  });
});

describe("what is there before testx wants it", () => {
  it("is adopted by a plain setup, as its plan says", async () => {
    const world = new World();
    world.found("a");
    expect(await run(world)).toMatchObject({ outcome: "succeeded", counts: { adopted: 1 } });
  });
});

describe("what replaces a thing of testx", () => {
  it("is adopted, and outlives the rollback", async () => {
    const world = new World();
    await run(world);
    world.things = world.things.filter(({ name }) => name !== "a");
    world.found("a", "other");
    expect(await run(world)).toMatchObject({ counts: { adopted: 1, unchanged: 1 } });
    await undo(world);
    await undo(world);
    expect(show(world)).toEqual(["a=other"]);
  });
});

describe("a create that takes effect twice", () => {
  it("leaves one thing, at the end of the run or with the next", async () => {
    const world = new World();
    fates(world, "late-zombie");
    expect(await run(world)).toMatchObject({ outcome: "succeeded" });
    world.pass(5000);
    expect(
      world.things.filter(({ name }) => name === "a"),
      "it came too late",
    ).toHaveLength(2);
    expect(await run(world)).toMatchObject({ outcome: "succeeded", counts: { unchanged: 2 } });
    expect(show(world)).toEqual(["a=1", "b=2"]);
    expect(world.events).toContainEqual(
      expect.objectContaining({
        type: "step.swept",
        step: "memory.a",
        removed: [expect.objectContaining({ name: "a", value: "" })],
      }),
    );
  });

  it("is looked after until nothing can come any more, and not longer", async () => {
    const world = new World();
    fates(world, "lost");
    await run(world);
    world.pass(1_000_000);
    await run(world);
    const seen = world.events.length;
    await run(world);
    expect(world.events.slice(seen).map(({ type }) => type)).not.toContain("step.swept");
  });
});
