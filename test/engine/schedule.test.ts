import { expect, it } from "vitest";
import { runInOrder } from "../../src/engine/schedule.ts";
import { things } from "../support/world.ts";

it("when a step breaks off, starts no other and ends only when those under way have", async () => {
  const { steps } = things(["a", "1"], ["b", "1"], ["c", "1", "a"], ["d", "1", "b"]);
  const slow = Promise.withResolvers<void>();
  const started: string[] = [];
  let ended: unknown;
  const order = runInOrder(steps, async ({ id }) => {
    started.push(id);
    if (id === "memory.a") throw new Error("the journal is full");
    await slow.promise;
  }).catch((error: Error) => {
    ended = error.message;
  });
  await new Promise(setImmediate);
  expect(ended).toBeUndefined();
  slow.resolve();
  await order;
  expect(ended).toBe("the journal is full");
  expect(started).toEqual(["memory.a", "memory.b"]);
});
