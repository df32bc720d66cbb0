import { expect, it } from "vitest";
import type { RunFinished } from "../../src/core/events.ts";
import { failure, TestxError } from "../../src/core/failure.ts";
import type { AnyProvider } from "../../src/core/provider.ts";
import type { SequenceDeps } from "../../src/features/deps.ts";
import { setup } from "../../src/features/setup.ts";
import { things, World } from "../support/world.ts";

const plain = things(["a", "1"], ["b", "2", "a"]);
const sequence = {
  ...plain,
  integrations: plain.integrations.map((one) => {
    const health = { ...one.settings.health, intervalMs: 10_000_000 };
    return { ...one, settings: { ...one.settings, health } };
  }),
};

/** The service is one where nothing can be deleted; `look` comes before each look at `b`. */
function stubborn(deps: SequenceDeps, look: () => void): SequenceDeps {
  const changed = (provider: AnyProvider): AnyProvider => {
    const thing = provider.kinds.thing!;
    const read: typeof thing.read = (client, input, call) => {
      if (input.name === "b") look();
      return thing.read(client, input, call);
    };
    return {
      ...provider,
      kinds: { ...provider.kinds, thing: { ...thing, undo: "Nothing can be deleted.", read } },
    };
  };
  return {
    ...deps,
    provider: async (id) => changed(await deps.provider(id)),
    connector: (emit) => {
      const own = deps.connector(emit);
      return {
        ...own,
        async connect(...given) {
          const session = await own.connect(...given);
          return { ...session, provider: changed(session.provider) };
        },
      };
    },
  };
}

/** A create has taken effect twice, and its second copy came after the run. */
async function doubled(): Promise<World> {
  const world = new World();
  const fates = ["late-zombie"] as const;
  let nth = 0;
  world.fate = () => fates[nth++];
  await world.process((make) => setup(make(sequence)));
  world.pass(5000);
  expect(world.things.filter(({ name }) => name === "a")).toHaveLength(2);
  return world;
}

async function run(world: World, look: (deps: SequenceDeps) => void): Promise<RunFinished> {
  const finished = await world.process((make) => {
    const deps = make(sequence);
    return setup(stubborn(deps, () => look(deps)));
  });
  if (finished === "died") throw new Error("nothing died");
  const last = world.journal.runs().at(-1)!.run;
  const recorded = world.journal.entries(last).findLast(({ type }) => type === "run-finished");
  expect(recorded).toMatchObject({ residue: finished.residue });
  return finished;
}

const residue = [{ step: "memory.a", what: "a second memory.thing of memory.a" }];

it("what a run could not sweep up is told also when it fails before its first write", async () => {
  const finished = await run(await doubled(), () => {
    throw new TestxError(failure("TEST_REFUSED", "b cannot be looked at."));
  });
  expect(finished).toMatchObject({ outcome: "failed", residue });
});

it("it is told when the run is stopped, at whatever moment after that", async () => {
  let stopped = 0;
  for (let moment = 1; ; moment++) {
    const world = await doubled();
    const seen = world.events.length;
    world.stopAt = moment;
    const { outcome, residue: left } = await run(world, () => {});
    const wasSwept = world.events.slice(seen).some(({ type }) => type === "step.swept");
    expect(left, `stopped at moment ${moment}`).toMatchObject(wasSwept ? residue : []);
    if (outcome !== "interrupted") break;
    if (wasSwept) stopped++;
  }
  expect(stopped).toBeGreaterThan(2);
});

it("it is told once where the run had to begin anew, and where that was the last look as well", async () => {
  for (const laterMs of [0, 1_000_000]) {
    const world = await doubled();
    world.pass(laterMs);
    let looks = 0;
    const finished = await run(world, () => {
      if (++looks > 1) return;
      throw new TestxError(failure("TEST_DOWN", "It is down.", { transient: true }));
    });
    expect(looks).toBeGreaterThan(1);
    expect(finished.residue).toHaveLength(1);
    expect(finished).toMatchObject({ residue });
  }
});
