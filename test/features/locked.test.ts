import { expect, it } from "vitest";
import type { RunEvent } from "../../src/core/events.ts";
import { failure, TestxError } from "../../src/core/failure.ts";
import type { LockHolder } from "../../src/core/ports.ts";
import type { FeatureDeps } from "../../src/features/deps.ts";
import { locked } from "../../src/features/locked.ts";
import { FakeClock } from "../support/fake-clock.ts";

const other: LockHolder = { pid: 7, host: "laptop", command: "testx rollback", since: 0 };

/** A lock that `holders` have one after the other; an empty list: nobody has it. */
function world(holders: LockHolder[]) {
  const clock = new FakeClock();
  const events: RunEvent[] = [];
  const stop = new AbortController();
  let held = 0;
  let looks = 0;
  const deps = {
    clock,
    random: () => 1,
    emit: (event: RunEvent) => events.push(event),
    command: "testx integrations setup",
    stop: stop.signal,
    lock: {
      acquire() {
        looks++;
        if (holders[0]) return { holder: holders[0] };
        held++;
        return { release: () => void held-- };
      },
    },
  } as unknown as FeatureDeps;
  const ended = async (work: Promise<unknown>) => {
    try {
      return await work;
    } catch (error) {
      return (error as TestxError).failure;
    }
  };
  return { clock, events, stop, deps, holders, ended, held: () => held, looks: () => looks };
}

it("takes a free lock at once, and gives it back whatever the work does", async () => {
  const { deps, held, events } = world([]);
  expect(await locked(deps, async () => held())).toBe(1);
  await expect(
    locked(deps, async () => {
      throw new Error("bug");
    }),
  ).rejects.toThrow("bug");
  expect(held()).toBe(0);
  expect(events).toEqual([]);
});

it("does not wait unless it is told to", async () => {
  const { deps, ended, events } = world([other]);
  expect(await ended(locked(deps, async () => "done"))).toMatchObject({
    code: "RUN_LOCKED",
    message:
      "testx rollback (process 7 on laptop) has been at work since 1970-01-01T00:00:00.000Z.",
    details: { ...other },
  });
  expect(events).toEqual([]);
});

it("waits until the other has ended, and says for whom", async () => {
  const { clock, deps, holders, ended, events, held } = world([other]);
  const work = ended(locked(deps, async () => `done with ${held()}`, 30_000));
  await clock.advance(10_000);
  const next = { ...other, pid: 8 };
  holders[0] = next;
  await clock.advance(10_000);
  holders.length = 0;
  await clock.advance(1000);
  expect(await work).toBe("done with 1");
  expect(events).toMatchObject([
    { type: "lock.waiting", holder: other, waitedMs: 0, leftMs: 30_000 },
    { type: "lock.waiting", holder: next },
  ]);
});

it("gives up when time is over, naming who has it then", async () => {
  const { clock, deps, ended, looks } = world([other]);
  const work = ended(locked(deps, async () => "done", 30_000));
  await clock.advance(29_999);
  expect(clock.sleeping).toBe(1);
  await clock.advance(1);
  expect(await work).toMatchObject({
    code: "RUN_LOCKED",
    message: expect.stringContaining("(process 7 on laptop)"),
    details: { pid: 7 },
  });
  expect(looks(), "about once a second").toBeLessThan(40);
});

it("stops waiting at Ctrl-C", async () => {
  const { clock, deps, ended, stop, held } = world([other]);
  const work = ended(locked(deps, async () => "done", 30_000));
  await clock.advance(5000);
  stop.abort(new TestxError(failure("RUN_INTERRUPTED", "The command was stopped.")));
  expect(await work).toMatchObject({ code: "RUN_INTERRUPTED" });
  expect(held()).toBe(0);
});
