import { expect, it } from "vitest";
import { setup } from "../../src/features/setup.ts";
import { sequenceOf, World } from "../support/world.ts";

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
