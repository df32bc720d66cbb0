import { expect, it } from "vitest";
import { failure, TestxError } from "../../src/core/failure.ts";
import { rollback } from "../../src/features/rollback.ts";
import { setup } from "../../src/features/setup.ts";
import { sequenceOf, things, World } from "../support/world.ts";

const team = things(["a", "1"], ["b", "2", "a"], ["c", "3"]);

it("stopped at any moment, goes on under the same id and leaves nothing behind", async () => {
  for (let moment = 1; ; moment++) {
    const world = new World();
    world.stopAt = moment;
    const stopped = await world.process((deps) => setup(deps(team)));
    if (stopped === "died") throw new Error("nothing died");
    if (stopped.outcome !== "interrupted") {
      expect(moment).toBeGreaterThan(15);
      return;
    }
    world.stopAt = undefined;
    const finished = await world.process((deps) => setup(deps(team)));
    expect(finished).toMatchObject({ outcome: "succeeded", residue: [] });
    expect(world.journal.runs().length).toBe(1);
    await world.process((deps) => rollback(deps(team), {}));
    expect(world.rest()).toEqual([]);
  }
});

it("stopped while one integration is read back and another is written, ends in good order", async () => {
  const both = sequenceOf({ one: {}, two: {} }, [
    { integration: "one", name: "a", value: "1" },
    { integration: "two", name: "b", value: "1" },
    { integration: "two", name: "c", value: "1", after: ["b"] },
    { integration: "two", name: "d", value: "1", after: ["c"] },
  ]);
  const world = new World();
  world.lateness = 1;
  const stop = new AbortController();
  let stoppedReadingBack = false;
  const finished = await world.process((make) => {
    const deps = make(both);
    return setup({
      ...deps,
      stop: stop.signal,
      journal: {
        ...deps.journal,
        // As on disk: other work gets its turn meanwhile.
        append: async (run, bodies) => {
          await new Promise(setImmediate);
          return deps.journal.append(run, bodies);
        },
      },
      clock: {
        ...deps.clock,
        sleep: async (ms, signal) => {
          if (signal === stop.signal) {
            stoppedReadingBack = true;
            stop.abort(new TestxError(failure("RUN_INTERRUPTED", "Stopped.")));
            throw stop.signal.reason;
          }
          return deps.clock.sleep(ms, signal);
        },
      },
    });
  });
  expect(stoppedReadingBack).toBe(true);
  expect(finished).toMatchObject({ outcome: "interrupted" });
});
