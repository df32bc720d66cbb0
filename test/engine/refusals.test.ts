import { expect, it } from "vitest";
import { setup } from "../../src/features/setup.ts";
import { sequenceOf, World } from "../support/world.ts";

it("does not take for its own what somebody else made while its create was refused", async () => {
  for (const kind of ["thing", "unmarked"]) {
    const world = new World();
    const sequence = sequenceOf({ memory: {} }, [{ kind, name: "a", value: "1" }]);
    world.fate = (write) => {
      if (write !== "create a") return undefined;
      world.found("a", "theirs");
      return "refused";
    };
    const finished = await world.process((deps) => setup(deps(sequence)));
    expect(finished).toMatchObject({ failure: { code: "STEP_CONFLICT" }, residue: [] });
    expect(world.rest()).toEqual([{ name: "a", value: "theirs" }]);
  }
});
