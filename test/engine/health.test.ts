import { expect, it } from "vitest";
import type { Cache } from "../../src/core/ports.ts";
import type { Sequence } from "../../src/core/sequence.ts";
import { setup } from "../../src/features/setup.ts";
import { things, World } from "../support/world.ts";

const team = things(["a", "1"]);

function withHealth(url: string | undefined): Sequence {
  const [integration] = team.integrations;
  const health = { intervalMs: 60_000, expectedStatus: 200, ...(url ? { url } : {}) };
  const settings = { ...integration!.settings, health };
  return { ...team, integrations: [{ ...integration!, settings }] };
}

it("an earlier answer counts only for the question that was asked", async () => {
  const world = new World();
  const kept = new Map<string, unknown>();
  const cache: Cache = {
    get: async (key) => kept.get(key) as never,
    set: async (key, value) => void kept.set(key, value),
  };
  const asked: string[] = [];
  const run = (url?: string) =>
    world.process((make) => {
      const deps = make(withHealth(url));
      const connector: typeof deps.connector = (emit) => ({
        ...deps.connector(emit),
        probe: async (_, address) => {
          asked.push(address);
          return { status: "down", message: "It is down." };
        },
      });
      return setup({ ...deps, cache, connector });
    });
  expect(await run()).toMatchObject({ outcome: "succeeded" });
  // Nothing answers, but there are receipts: they stand for what is there.
  expect(await run("http://status.test/?key=hush")).toMatchObject({ outcome: "degraded" });
  expect(asked).toEqual(["http://status.test/?key=hush"]);
  expect([...kept.keys()].join()).not.toContain("hush");
});
