import { expect, test } from "vitest";
import { VirtualTime } from "../../src/platform/virtual-time.ts";

test("time passes only when nothing else is to do, in order", async () => {
  const time = new VirtualTime({ start: 1000 });
  const { clock } = time.clock();
  const seen: string[] = [];
  const sleeper = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    seen.push(`${name} ${clock.now()}`);
  };
  await time.drive(Promise.all([sleeper("b", 20), sleeper("a", 10), sleeper("c", 20)]));
  expect(seen).toEqual(["a 1010", "b 1020", "c 1020"]);
  expect(clock.monotonic()).toBe(20);
});

test("it stands still while something real is under way", async () => {
  const time = new VirtualTime({ start: 0 });
  const { clock } = time.clock();
  const real = time.during(() => new Promise((resolve) => setTimeout(resolve, 30)));
  await time.drive(Promise.all([clock.sleep(5), real.then(() => expect(clock.now()).toBe(0))]));
  expect(clock.now()).toBe(5);
});

test("a sleep that is stopped takes no time; a clock that is stopped wakes nobody", async () => {
  const time = new VirtualTime({ start: 0 });
  const { clock, stop } = time.clock();
  const wake = new AbortController();
  const asleep = clock.sleep(1_000_000, wake.signal).catch((reason: unknown) => reason);
  wake.abort("enough");
  expect(await time.drive(asleep)).toBe("enough");
  expect(clock.now()).toBe(0);

  let woken = false;
  void clock.sleep(10).then(() => {
    woken = true;
  });
  stop();
  await time.pass(100);
  expect([woken, time.now]).toEqual([false, 100]);
});

test("what is due within a while happens within it", async () => {
  const time = new VirtualTime({ start: 0 });
  const seen: number[] = [];
  time.at(50, () => void seen.push(time.now));
  time.at(150, () => void seen.push(time.now));
  await time.pass(100);
  expect(seen).toEqual([50]);
  expect(time.last).toBe(150);
});

test("for a demonstration it is really waited for", async () => {
  const waits: number[] = [];
  const wait = async (ms: number): Promise<void> => void waits.push(ms);
  const time = new VirtualTime({ start: 0, wait });
  const { clock } = time.clock();
  await time.drive(clock.sleep(70));
  await time.pass(30);
  expect(waits).toEqual([70, 30]);
});
