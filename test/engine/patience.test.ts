import { expect, it } from "vitest";
import { failure } from "../../src/core/failure.ts";
import type { EngineDeps } from "../../src/engine/deps.ts";
import { limited, Patience } from "../../src/engine/patience.ts";
import { FakeClock } from "../support/fake-clock.ts";

const refused = (code: string) =>
  failure(code, "Not now.", {
    ...{ outcome: "not-applied", transient: true, integration: "github", retryAfterMs: 1000 },
  });

/** What is waited in turn for something that is refused each time. */
async function waits(code: string, betweenMs = 0): Promise<number[]> {
  const clock = new FakeClock();
  const waited: number[] = [];
  const emit = (event: object) => {
    if ("waitMs" in event) waited.push(Number(event.waitMs));
  };
  const stop = new AbortController().signal;
  const patience = new Patience({ clock, stop, emit } as unknown as EngineDeps, "enough");
  const asking = async () => {
    while (await patience.waited("github.hook", refused(code), limited)) {
      if (betweenMs > 0) await clock.sleep(betweenMs, stop);
    }
  };
  await Promise.all([asking(), clock.advance(100_000_000)]);
  return waited;
}

const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);

it("asks a service that says when to come back, and turns it away then, ever more seldom", async () => {
  const all = await waits("GITHUB_RATE_LIMITED");
  expect(all.slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  expect(all.length).toBeLessThan(20);
  expect(sum(all)).toBeGreaterThan(500_000);
  expect(sum(all)).toBeLessThanOrEqual(600_000);
});

it("believes what a service says that has served for a while since", async () => {
  expect((await waits("GITHUB_RATE_LIMITED", 61_000)).slice(0, 3)).toEqual([1000, 1000, 1000]);
});

it("waits for its own limits as long as they say, which they keep", async () => {
  expect(new Set(await waits("GATEWAY_LIMITED"))).toEqual(new Set([1000]));
});
