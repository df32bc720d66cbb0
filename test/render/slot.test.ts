import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Slot } from "../../src/render/slot.ts";

/** What a slot shows, one after the other. */
function shown(slot: Slot): string[] {
  const outputs: string[] = [];
  void slot.attach({
    ...{ title: "", skip() {}, started() {}, waiting() {} },
    get output() {
      return outputs.at(-1) ?? "";
    },
    set output(text: string) {
      outputs.push(text);
    },
  });
  return outputs;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

it("counts down what it waits for", () => {
  const slot = new Slot("a");
  const seen = shown(slot);
  slot.wait(30_000, "looking again");
  vi.advanceTimersByTime(2000);
  expect(seen).toEqual(["looking again in 30s", "looking again in 29s", "looking again in 28s"]);
  slot.done();
});

it("says once what it waits for where each note stays", () => {
  const slot = new Slot("a", undefined, true);
  const seen = shown(slot);
  slot.wait(30_000, "looking again");
  vi.advanceTimersByTime(5000);
  expect(seen).toEqual(["looking again in 30s"]);
  slot.done();
});
