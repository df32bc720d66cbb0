import { expect, it } from "vitest";
import { healthRecord } from "../../src/core/health-record.ts";
import type { Health } from "../../src/core/provider.ts";
import type { IntegrationSettings, Sequence } from "../../src/core/sequence.ts";
import { type Chosen, clearCache } from "../../src/features/cache.ts";
import { setup } from "../../src/features/setup.ts";
import { createCache } from "../../src/platform/cache.ts";
import { things, World } from "../support/world.ts";

const team = things(["a", "1"]);
const { id } = team.integrations[0]!;

function withHealth(more: Partial<IntegrationSettings["health"]>): Sequence {
  const [integration] = team.integrations;
  const health = { intervalMs: 60_000, expectedStatus: 200, ...more };
  const settings = { ...integration!.settings, health };
  return { ...team, integrations: [{ ...integration!, settings }] };
}

const down: Health = { status: "down", message: "It is down." };

function runs(world: World, answer: () => Health) {
  const asked: string[] = [];
  const run = (more: Partial<IntegrationSettings["health"]>) =>
    world.process((make) => {
      const deps = make(withHealth(more));
      const connector: typeof deps.connector = (emit) => ({
        ...deps.connector(emit),
        probe: async (_, { url = "" }) => {
          asked.push(url);
          return answer();
        },
      });
      return setup({ ...deps, connector });
    });
  const record = () => healthRecord(world.memo.get(`health:${id}`));
  return { asked, run, record };
}

it("an earlier answer counts only for the question that was asked", async () => {
  const world = new World();
  const { asked, run } = runs(world, () => down);
  expect(await run({})).toMatchObject({ outcome: "succeeded" });
  // Nothing answers, but there are receipts: they stand for what is there.
  expect(await run({ url: "http://status.test/?key=hush" })).toMatchObject({ outcome: "degraded" });
  expect(asked).toEqual(["http://status.test/?key=hush"]);
  expect(JSON.stringify([...world.memo.all("")])).not.toContain("hush");
});

it("a healthy answer counts for the interval, in later processes too; others are asked again", async () => {
  const world = new World();
  let status: Health["status"] = "healthy";
  const { asked, run, record } = runs(world, () => (status === "down" ? down : { status }));
  const url = "http://status.test/";
  await run({ url });
  await run({ url });
  expect(asked).toHaveLength(1);
  world.pass(60_001);
  status = "down";
  await run({ url });
  await run({ url });
  expect(asked).toHaveLength(3);
  expect(record()).toMatchObject({ state: "down", asked: { status: "down" } });
});

it("a healthy answer that is cleared does not count any more; since when it is so stays known", async () => {
  const world = new World();
  const { asked, run, record } = runs(world, () => ({ status: "healthy" }));
  const cache = createCache({ folder: "", url: "memory:", onProblem: () => {} });
  const clear = (chosen: Chosen) =>
    clearCache({ cache, memo: world.memo, retentionMs: 60_000 }, chosen);
  const url = "http://status.test/";
  await run({ url });
  const { since, changes } = record()!;
  for (const chosen of [{ integration: "other" }, { integration: id, kind: "things" }]) {
    await clear(chosen);
    await run({ url });
    expect(asked).toHaveLength(1);
  }
  for (const chosen of [{ integration: id }, {}]) {
    asked.length = 0;
    await clear(chosen);
    expect(record()).toMatchObject({ state: "healthy", since, changes });
    for (let nth = 0; nth < 2; nth++) await run({ url });
    expect(asked).toHaveLength(1);
    expect(record()).toMatchObject({ state: "healthy", since, changes });
  }
});

it("a change of the state is recorded once, with when it began", async () => {
  const world = new World();
  let status: Health["status"] = "healthy";
  const { run, record } = runs(world, () => ({ status }));
  const check = { url: "http://status.test/", intervalMs: 0 };
  for (const next of ["healthy", "healthy", "degraded", "degraded", "healthy"] as const) {
    status = next;
    world.pass(1_000);
    await run(check);
  }
  const found = record()!;
  expect(found.changes.map(({ from, to }) => `${from} ${to}`)).toEqual([
    "unknown healthy",
    "healthy degraded",
    "degraded healthy",
  ]);
  const times = found.changes.map(({ at }) => at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(found).toMatchObject({ state: "healthy", since: times.at(-1), at: times.at(-1) });
});
