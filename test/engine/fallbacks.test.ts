import { describe, expect, it } from "vitest";
import { deferredIn } from "../../src/core/deferred.ts";
import type { FallbackRule, Sequence } from "../../src/core/sequence.ts";
import { plan } from "../../src/features/plan.ts";
import { setup } from "../../src/features/setup.ts";
import { type Row, sequenceOf, World } from "../support/world.ts";

it("says so when something required is left out for what an optional service lacks", async () => {
  const world = new World();
  const sequence = sequenceOf({ one: { required: false, fallback: "skip" }, two: {} }, [
    { integration: "one", name: "a", value: "1" },
    { integration: "two", name: "b", value: "1", after: ["one.a"] },
  ]);
  const finished = await world.process((make) => {
    const deps = make(sequence);
    const missing = { code: "SECRET_MISSING", message: "ONE_TOKEN is not set.", transient: false };
    return setup({
      ...deps,
      connector: (emit) => ({
        ...deps.connector(emit),
        secretProblems: async (integration) =>
          integration === "one" ? [{ ...missing, outcome: "not-applied" }] : [],
      }),
    });
  });
  expect(finished).toMatchObject({ outcome: "degraded", failure: { code: "STEP_BLOCKED" } });
});

const rows: Row[] = [
  { integration: "one", name: "a", value: "1" },
  { integration: "two", name: "b", value: "${one.a.value}", after: ["one.a"] },
];

/** `a` of service one, then `b` of service two, whose value is that of `a`. */
function chain(rule: FallbackRule, value = "1"): Sequence {
  const made = sequenceOf({ one: {}, two: {} }, [{ ...rows[0]!, value }, rows[1]!]);
  const integrations = made.integrations.map((integration) =>
    integration.id === "one"
      ? { ...integration, settings: { ...integration.settings, fallbacks: { thing: rule } } }
      : integration,
  );
  return { ...made, integrations };
}

const run = (world: World, sequence: Sequence) => world.process((deps) => setup(deps(sequence)));
const waiting = (world: World) => [...deferredIn(world.journal.looseEnds()).keys()];
const values = (world: World) => world.rest().map(({ name, value }) => `${name}=${value}`);

describe("a service that is down, by the rule of its step", () => {
  async function down(rule: FallbackRule, { before = false, value = "1" } = {}) {
    const world = new World();
    if (before) await run(world, chain(rule));
    world.down.add("one");
    const planned = await world.process((deps) => plan(deps(chain(rule, value))));
    const finished = await run(world, chain(rule, value));
    const actions = planned === "died" ? [] : planned.plan.map(({ action }) => action);
    return { world, finished, actions };
  }

  it("skip leaves it out, with what comes after it", async () => {
    const { world, finished, actions } = await down({ strategy: "skip" });
    expect(finished).toMatchObject({ outcome: "degraded", counts: { skipped: 2 } });
    expect(actions).toEqual(["skipped", "skipped"]);
    expect([values(world), waiting(world)]).toEqual([[], []]);
  });

  it("defer puts it off, with what comes after it", async () => {
    const { world, finished, actions } = await down({ strategy: "defer" });
    expect(finished).toMatchObject({ outcome: "degraded", counts: { deferred: 2 } });
    expect(actions).toEqual(["deferred", "deferred"]);
    expect([values(world), waiting(world)]).toEqual([[], ["one.a", "two.b"]]);
  });

  it("cache without a receipt puts it off as well", async () => {
    const { world, finished, actions } = await down({ strategy: "cache" });
    expect(finished).toMatchObject({ outcome: "degraded", counts: { deferred: 2 } });
    expect(actions).toEqual(["deferred", "deferred"]);
    expect(waiting(world)).toEqual(["one.a", "two.b"]);
  });

  it("cache goes on with the last receipt, and nothing waits when nothing is to be written", async () => {
    const { world, finished, actions } = await down({ strategy: "cache" }, { before: true });
    expect(finished).toMatchObject({
      outcome: "degraded",
      counts: { deferred: 0, unchanged: 1 },
      stale: [{ step: "one.a", ageMs: expect.any(Number) }],
    });
    expect(actions).toEqual(["cached", "unchanged"]);
    expect(waiting(world)).toEqual([]);
    expect(world.events).toContainEqual(
      expect.objectContaining({ type: "step.cached", step: "one.a" }),
    );
  });

  it("cache puts off what the last receipt lacks; the others go on with that receipt", async () => {
    const { world, finished, actions } = await down(
      { strategy: "cache" },
      { before: true, value: "2" },
    );
    expect(finished).toMatchObject({ outcome: "degraded", counts: { deferred: 1, unchanged: 1 } });
    expect(actions).toEqual(["deferred", "unchanged"]);
    expect(waiting(world)).toEqual(["one.a"]);
    expect(world.journal.looseEnds()).toMatchObject([
      { type: "deferred", input: { name: "a", value: "2" }, base: { value: "1" }, attempts: 0 },
    ]);
  });

  it("default gives the others its value, and is not taken for done", async () => {
    const { world, finished, actions } = await down({
      strategy: "default",
      value: { value: "given" },
    });
    expect(finished).toMatchObject({ outcome: "degraded", counts: { skipped: 1, created: 1 } });
    expect(actions).toEqual(["skipped", "create"]);
    expect(values(world)).toEqual(["b=given"]);
    expect([...world.journal.receipts().keys()]).toEqual(["two.b"]);
    expect(finished).toHaveProperty("receipts", { "two.b": expect.anything() });
  });

  it("default that refers to what has no value leaves it out, with what comes after it", async () => {
    const value = { value: "${env.NOWHERE}" };
    const { finished } = await down({ strategy: "default", value });
    expect(finished).toMatchObject({ outcome: "degraded", counts: { skipped: 2 } });
  });

  it("fail writes nothing", async () => {
    const world = new World();
    world.down.add("one");
    const sequence = chain({ strategy: "fail" });
    await expect(world.process((deps) => plan(deps(sequence)))).rejects.toThrow("not healthy");
    expect(await run(world, sequence)).toMatchObject({ outcome: "failed" });
    expect([values(world), waiting(world)]).toEqual([[], []]);
  });
});

describe("a step that is refused for good, by its rule", () => {
  async function refused(rule: FallbackRule) {
    const world = new World();
    world.fate = (write) => (write.endsWith(" a") ? "refused" : undefined);
    return { world, finished: await run(world, chain(rule)) };
  }

  it.each(["defer", "cache"] as const)(
    "%s puts it off and counts the attempt",
    async (strategy) => {
      const { world, finished } = await refused({ strategy });
      expect(finished).toMatchObject({ outcome: "degraded", counts: { deferred: 2 } });
      expect(world.journal.looseEnds()).toMatchObject([
        { step: "one.a", attempts: 1, base: null, failure: { code: "TEST_REFUSED" } },
        { step: "two.b", attempts: 0, input: { value: "${one.a.value}" } },
      ]);
    },
  );

  it("default goes on with its value", async () => {
    const { world, finished } = await refused({ strategy: "default", value: { value: "x" } });
    expect(finished).toMatchObject({ outcome: "degraded", counts: { skipped: 1, created: 1 } });
    expect(values(world)).toEqual(["b=x"]);
  });

  it("fail undoes everything, and leaves nothing to wait for", async () => {
    const { world, finished } = await refused({ strategy: "fail" });
    expect(finished).toMatchObject({ outcome: "rolled-back" });
    expect(waiting(world)).toEqual([]);
  });
});

it("what waited waits no more when setup has done it", async () => {
  const world = new World();
  const sequence = chain({ strategy: "defer" });
  world.down.add("one");
  await run(world, sequence);
  expect(waiting(world)).toHaveLength(2);
  world.down.clear();
  expect(await run(world, sequence)).toMatchObject({ outcome: "succeeded" });
  expect(waiting(world)).toEqual([]);
});
