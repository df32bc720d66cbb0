import { describe, expect, it } from "vitest";
import { rollback } from "../../src/features/rollback.ts";
import { setup } from "../../src/features/setup.ts";
import { type Row, sequenceOf, things, World } from "../support/world.ts";

const rows: Row[] = [
  { integration: "one", name: "a", value: "1" },
  { integration: "two", name: "b", value: "1", after: ["one.a"] },
];
const both = sequenceOf({ one: {}, two: { fallback: "skip" } }, rows);

/** Dies while `two` is being written: what became of it is not known. */
async function died(): Promise<World> {
  const world = new World();
  world.fate = (write) => (write === "create b" ? "die-after" : undefined);
  expect(await world.process((deps) => setup(deps(both)))).toBe("died");
  world.fate = () => undefined;
  world.down.add("two");
  return world;
}

describe("a write whose service cannot be asked what became of it", () => {
  it("keeps nobody from going on without that service, where the sequence allows it", async () => {
    const world = await died();
    expect(await world.process((deps) => setup(deps(both)))).toMatchObject({
      outcome: "degraded",
      counts: { unchanged: 1, skipped: 1 },
    });
    world.down.clear();
    expect(await world.process((deps) => setup(deps(both)))).toMatchObject({
      outcome: "succeeded",
    });
    expect(world.rest().map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("keeps nobody from going on when the sequence no longer has it", async () => {
    const world = await died();
    const without = sequenceOf({ one: {} }, rows.slice(0, 1));
    expect(await world.process((deps) => setup(deps(without)))).toMatchObject({
      outcome: "degraded",
      failure: { code: "RUN_UNSETTLED" },
    });
  });

  it("stops a setup that would write there", async () => {
    const world = await died();
    const required = sequenceOf({ one: {}, two: {} }, rows);
    const finished = await world.process((deps) => setup(deps(required)));
    expect(finished).toMatchObject({ outcome: "failed" });
  });

  it("is left once by a rollback, which says how to go on", async () => {
    const world = await died();
    expect(await world.process((deps) => rollback(deps(both), {}))).toMatchObject({
      outcome: "rollback-incomplete",
      residue: [{ step: "two.b", what: "thing b", why: expect.stringContaining("is down") }],
    });
    world.down.clear();
    expect(await world.process((deps) => rollback(deps(both), {}))).toMatchObject({
      outcome: "rolled-back",
      residue: [],
    });
    expect(world.rest()).toEqual([]);
  });
});

it("a setup that could not even begin does not close the one that had died before it", async () => {
  const world = new World();
  const team = things(["a", "1"], ["b", "1", "a"]);
  world.fate = (write) => (write === "create b" ? "die-before" : undefined);
  await world.process((deps) => setup(deps(team)));
  world.fate = () => undefined;
  world.down.add("memory");
  expect(await world.process((deps) => setup(deps(team)))).toMatchObject({ outcome: "failed" });
  world.down.clear();
  expect(await world.process((deps) => setup(deps(team)))).toMatchObject({ outcome: "succeeded" });
  await world.process((deps) => rollback(deps(team), {}));
  expect(world.rest(), "one rollback undoes it all").toEqual([]);
});

it("a rollback of an older run waits for what a newer one has under way", async () => {
  const world = new World();
  world.found("a");
  await world.process((deps) => setup(deps(things(["a", "1"]))));
  const [older] = world.journal.runs();
  world.fate = (write) => (write === "set a" ? "die-zombie" : undefined);
  const newer = things(["a", "2"]);
  expect(await world.process((deps) => setup(deps(newer)))).toBe("died");
  world.fate = () => undefined;
  const undone = await world.process((deps) => rollback(deps(newer), { run: older?.run }));
  expect(undone).toMatchObject({ outcome: "rollback-incomplete", residue: [{ step: "memory.a" }] });
  expect(world.rest()).toEqual([{ name: "a", value: "2" }]);
  for (const _ of "12") await world.process((deps) => rollback(deps(newer), {}));
  expect(world.rest()).toEqual([{ name: "a", value: "theirs" }]);
});
