import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { mostAttempts } from "../../src/core/deferred.ts";
import type { RunFinished } from "../../src/core/events.ts";
import type { Health } from "../../src/core/provider.ts";
import type { Sequence } from "../../src/core/sequence.ts";
import {
  deferredItem,
  deferredItems,
  discardDeferred,
  retryDeferred,
} from "../../src/features/deferred.ts";
import { rollback } from "../../src/features/rollback.ts";
import { setup } from "../../src/features/setup.ts";
import { outputs, status } from "../../src/features/status.ts";
import { type SyncOptions, sync, watchSync } from "../../src/features/sync.ts";
import { type Row, sequenceOf, World } from "../support/world.ts";

const rows: Row[] = [
  { integration: "one", name: "a", value: "1" },
  { integration: "two", name: "b", value: "${one.a.value}!", after: ["one.a"] },
  { integration: "two", name: "c", value: "1" },
];
const both = (...given: Row[]) =>
  sequenceOf({ one: { fallback: "defer" }, two: { fallback: "cache" } }, given);
const team = both(...rows);

const set = (world: World, sequence: Sequence) => world.process((deps) => setup(deps(sequence)));
const catchUp = (world: World, sequence = team, options: SyncOptions = {}) =>
  world.process((deps) => sync(deps(sequence), options)) as Promise<RunFinished>;
const waiting = (world: World) => deferredItems(world.journal).map(({ step }) => step);
const values = (world: World) => world.rest().map(({ name, value }) => `${name}=${value}`);

/** Set up while service one was down. */
async function withoutOne(): Promise<World> {
  const world = new World();
  world.down.add("one");
  await set(world, team);
  expect(values(world)).toEqual(["c=1"]);
  expect(waiting(world)).toEqual(["one.a", "two.b"]);
  return world;
}

/** Set up, and then asked for something else while service one was down. */
async function updateOf(value: string): Promise<{ world: World; sequence: Sequence }> {
  const world = new World();
  await set(world, team);
  const sequence = both({ ...rows[0]!, value }, rows[1]!, rows[2]!);
  world.down.add("one");
  await set(world, sequence);
  world.down.clear();
  return { world, sequence };
}

describe("sync", () => {
  it("carries out what waits, and what comes after it, once the service is back", async () => {
    const world = await withoutOne();
    world.down.clear();
    const finished = await catchUp(world);
    expect(finished).toMatchObject({ outcome: "succeeded", counts: { created: 2, deferred: 0 } });
    expect(finished).not.toHaveProperty("waiting");
    expect(values(world)).toEqual(["a=1", "b=1!", "c=1"]);
    expect(waiting(world)).toEqual([]);
    expect(world.journal.runs().map(({ command }) => command)).toEqual(["setup", "sync"]);
    await expect(catchUp(world)).rejects.toMatchObject({ code: "NOTHING_WAITS" });
  });

  it("leaves all as it waits while the service is down, and counts no attempt", async () => {
    const world = await withoutOne();
    const before = deferredItems(world.journal);
    expect(await catchUp(world)).toMatchObject({
      outcome: "degraded",
      counts: { deferred: 2 },
      waiting: [
        { step: "one.a", attempts: 0, dead: false },
        { step: "two.b", attempts: 0, dead: false },
      ],
    });
    expect(deferredItems(world.journal)).toEqual(before);
  });

  it("is undone by a rollback of its own; that of the setup drops what waited", async () => {
    const world = await withoutOne();
    world.down.clear();
    await catchUp(world);
    await world.process((deps) => rollback(deps(team), {}));
    expect(values(world)).toEqual(["c=1"]);

    const again = await withoutOne();
    expect(await again.process((deps) => rollback(deps(team), {}))).toMatchObject({
      outcome: "rolled-back",
    });
    expect([values(again), waiting(again)]).toEqual([[], []]);
  });

  it("follows the sequence as it is now, and leaves what is not in it", async () => {
    const world = await withoutOne();
    world.down.clear();
    const changed = both({ ...rows[0]!, value: "2" }, rows[2]!);
    expect(await catchUp(world, changed)).toMatchObject({
      outcome: "degraded",
      counts: { created: 1, deferred: 1 },
      waiting: [{ step: "two.b" }],
    });
    expect(values(world)).toEqual(["a=2", "c=1"]);
  });

  it("brings what refers to a step that waited up to date with it", async () => {
    const { world, sequence } = await updateOf("2");
    expect(waiting(world)).toEqual(["one.a", "two.b"]);
    await world.process((deps) => discardDeferred(deps(sequence), "two.b"));
    expect(await catchUp(world, sequence)).toMatchObject({ counts: { updated: 2 } });
    expect(values(world)).toEqual(["a=2", "b=2!", "c=1"]);
  });

  it("does not begin where a setup was cut off", async () => {
    const world = await withoutOne();
    world.down.clear();
    world.fate = () => "die-after";
    expect(await set(world, team)).toBe("died");
    world.fate = () => undefined;
    await expect(catchUp(world)).rejects.toMatchObject({ code: "SETUP_UNFINISHED" });
  });
});

it("what waits is listed as the sequence has it, whatever the steps are called", async () => {
  const world = new World();
  const named = (name: string) => ({ integration: "one", name, value: "1" });
  const late = both(named("z"), named("m"), named("a"));
  world.down.add("one");
  await set(world, late);
  expect(waiting(world)).toEqual(["one.z", "one.m", "one.a"]);
  expect(status(world.journal).map(({ step }) => step)).toEqual(["one.z", "one.m", "one.a"]);
  await set(world, late);
  expect(waiting(world)).toEqual(["one.z", "one.m", "one.a"]);
});

describe("what somebody else has done meanwhile", () => {
  it.each([
    [
      "changed it",
      (world: World) => (world.visible("a")!.value = "theirs"),
      "changed value",
      ["a=theirs", "b=1!"],
    ],
    ["deleted it", (world: World) => world.things.shift(), "deleted", ["b=1!"]],
  ])("is a conflict where they %s, and is left", async (_, meddle, told, left) => {
    const { world, sequence } = await updateOf("2");
    world.pass(10_000);
    meddle(world);
    const finished = await catchUp(world, sequence);
    expect(finished).toMatchObject({ outcome: "degraded", failure: { code: "SYNC_CONFLICT" } });
    expect(finished.failure?.message).toContain(told);
    expect(values(world)).toEqual([...left, "c=1"]);
    expect(await catchUp(world, sequence), "it stays one").toMatchObject({
      failure: { code: "SYNC_CONFLICT" },
    });
    const adopt = new Set(["one.a"]);
    expect(await catchUp(world, sequence, { adopt })).toMatchObject({ outcome: "succeeded" });
    expect(values(world)).toEqual(["a=2", "b=2!", "c=1"]);
  });

  it("is a conflict where nothing was there when it was put off", async () => {
    const world = new World();
    world.fate = (write) => (write === "create a" ? "refused" : undefined);
    await set(world, team);
    world.fate = () => undefined;
    world.found("a");
    expect(await catchUp(world)).toMatchObject({ failure: { code: "SYNC_CONFLICT" } });
    expect(values(world)).toEqual(["a=theirs", "c=1"]);
    expect(await catchUp(world, team, { adopt: "all" })).toMatchObject({ outcome: "succeeded" });
    expect(values(world)).toEqual(["a=1", "b=1!", "c=1"]);
  });

  it("is adopted, as by setup, where nobody had ever looked", async () => {
    const world = await withoutOne();
    world.down.clear();
    world.found("a");
    expect(await catchUp(world)).toMatchObject({ outcome: "succeeded", counts: { adopted: 1 } });
  });
});

describe("what keeps failing", () => {
  async function givenUp(): Promise<World> {
    const world = await withoutOne();
    world.down.clear();
    world.fate = (write) => (write === "create a" ? "refused" : undefined);
    for (let time = 1; time <= mostAttempts; time++) {
      expect(await catchUp(world)).toMatchObject({
        outcome: "degraded",
        waiting: [
          { attempts: time, dead: time === mostAttempts },
          { attempts: 0, dead: false },
        ],
      });
    }
    return world;
  }

  it("is given up, with what comes after it, until somebody asks for it again", async () => {
    const world = await givenUp();
    const tries = world.writes.length;
    expect(await catchUp(world)).toMatchObject({ outcome: "degraded" });
    expect(world.writes, "nothing is tried").toHaveLength(tries);
    expect(deferredItem(world.journal, "one.a")).toMatchObject({
      state: "given up",
      failure: { code: "TEST_REFUSED" },
    });
    world.fate = () => undefined;
    await world.process((deps) => retryDeferred(deps(team)));
    expect(await catchUp(world)).toMatchObject({ outcome: "succeeded", counts: { created: 2 } });
  });

  it("is not what an outage kept from being sent", async () => {
    const world = await withoutOne();
    // Healthy when it was asked, and gone when it was looked at.
    const finished = await world.process((make) => {
      const deps = make(team);
      world.down.clear();
      const health = async (): Promise<Health> => {
        world.down.add("one");
        return { status: "healthy" };
      };
      return sync({
        ...deps,
        connector: (emit) => {
          const { connect, ...rest } = deps.connector(emit);
          return {
            ...rest,
            connect: async (...given) => {
              const session = await connect(...given);
              return { ...session, provider: { ...session.provider, health } };
            },
          };
        },
      });
    });
    expect(finished).toMatchObject({ outcome: "degraded", counts: { deferred: 2 } });
    expect(deferredItem(world.journal, "one.a")).toMatchObject({ attempts: 0, state: "waiting" });
  });

  it("is carried out by a setup all the same", async () => {
    const world = await givenUp();
    world.fate = () => undefined;
    expect(await set(world, team)).toMatchObject({ outcome: "succeeded" });
    expect(waiting(world)).toEqual([]);
  });

  it("can be discarded, by step, id or the beginning of one", async () => {
    const world = await givenUp();
    const { id } = deferredItem(world.journal, "one.a");
    await world.process((deps) => discardDeferred(deps(team), id.slice(0, 8)));
    await world.process((deps) => discardDeferred(deps(team), "two.b"));
    expect(waiting(world)).toEqual([]);
    expect(() => deferredItem(world.journal, "one.a")).toThrow("No single write");
  });
});

it("status shows what waits, beside what is there; outputs only what is there", async () => {
  const world = await withoutOne();
  expect(status(world.journal)).toMatchObject([
    { step: "two.c", origin: "created" },
    { step: "one.a", title: "thing a", deferred: { code: "HEALTH_CHECK_FAILED" } },
    { step: "two.b", deferred: { code: "STEP_BLOCKED" } },
  ]);
  expect(Object.keys(outputs(world.journal))).toEqual(["two.c"]);
});

describe("sync --watch", () => {
  it("waits for the service and then carries out what waits, once", async () => {
    const world = await withoutOne();
    world.down.add("two");
    const pauses: number[] = [];
    let runs = 0;
    const last = await world.process((make) => {
      const deps = make(team);
      return watchSync(deps, {
        once: () => {
          runs++;
          return sync(deps);
        },
        waiting: (_, pause) => {
          pauses.push(pause);
          if (pauses.length === 8) world.down.clear();
        },
      });
    });
    expect(last).toMatchObject({ outcome: "succeeded" });
    expect(runs).toBe(1);
    expect(pauses).toEqual([5e3, 10e3, 20e3, 40e3, 80e3, 160e3, 300e3, 300e3]);
    expect(values(world)).toEqual(["a=1", "b=1!", "c=1"]);
  });

  it("leaves no more behind at the stop signal with every look and run", async () => {
    const world = await withoutOne();
    const listening: number[] = [];
    await world.process((make) => {
      const deps = make(team);
      return watchSync(deps, {
        once: () => sync(deps),
        waiting: () => {
          listening.push(getEventListeners(deps.stop, "abort").length);
          if (listening.length === 8) world.down.clear();
        },
      });
    });
    expect(listening).toEqual(Array.from({ length: 8 }, () => listening[0]));
  });

  it("ends when what is left is given up", async () => {
    const world = await withoutOne();
    world.down.clear();
    world.fate = (write) => (write === "create a" ? "refused" : undefined);
    let pauses = 0;
    const last = await world.process((make) => {
      const deps = make(team);
      return watchSync(deps, { once: () => sync(deps), waiting: () => void pauses++ });
    });
    expect(last).toMatchObject({ outcome: "degraded" });
    expect(pauses).toBe(mostAttempts - 1);
  });

  it("does not begin offline, like sync itself", async () => {
    const world = await withoutOne();
    for (const work of [sync, watchSync]) {
      const refused = world.process((make) => {
        const deps = { ...make(team), offline: true };
        return work(deps, { once: () => sync(deps), waiting: () => {} });
      });
      await expect(refused).rejects.toMatchObject({ code: "OFFLINE_REFUSED" });
    }
  });

  it("stops at once while it waits", async () => {
    const world = await withoutOne();
    world.stopAt = 4;
    const watching = world.process((make) => {
      const deps = make(team);
      return watchSync(deps, { once: () => sync(deps), waiting: () => {} });
    });
    await expect(watching).rejects.toMatchObject({ code: "RUN_INTERRUPTED" });
    expect(waiting(world)).toHaveLength(2);
  });
});
