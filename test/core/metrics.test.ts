import { expect, it } from "vitest";
import type { RunEvent, RunEventBody } from "../../src/core/events.ts";
import { failure } from "../../src/core/failure.ts";
import { Tally } from "../../src/core/metrics.ts";

const about = { integration: "notion", operation: "pages.create" };
const sent = {
  ...about,
  type: "call.finished",
  write: true,
  attempt: 1,
  requestId: "n-1",
} as const;
const call = (rest: Partial<Extract<RunEventBody, { type: "call.finished" }>>): RunEventBody => ({
  ...{ ...sent, outcome: "applied", durationMs: 100, status: 200 },
  ...rest,
});

function tallied(...bodies: RunEventBody[]) {
  const tally = new Tally();
  for (const [at, body] of bodies.entries()) tally.take({ run: "r1", at, ...body } as RunEvent);
  return tally.drain();
}

it("tells failures of the service from what it refuses in good order", () => {
  const { figures } = tallied(
    call({}),
    call({ status: 404, outcome: "not-applied", reason: "not found" }),
    call({ status: 200, outcome: "not-applied", reason: "name_taken" }),
    call({ status: 429, outcome: "not-applied" }),
    call({ status: 403, outcome: "not-applied", reason: "secondary rate limit" }),
    call({ status: 200, outcome: "not-applied", reason: "ratelimited" }),
    call({ status: 503, outcome: "not-applied" }),
    call({ status: 200, outcome: "unknown", reason: "unreadable" }),
    call({ outcome: "not-applied", reason: "GATEWAY_REFUSED" } as never),
    { ...sent, outcome: "not-applied", durationMs: 1 },
  );
  expect(figures).toHaveLength(1);
  expect(figures[0]?.figures).toMatchObject({ applied: 1, declined: 3, failed: 6 });
});

it("counts slow calls, waits, retries, what the cache knew and what was not sent", () => {
  const { figures, runs } = tallied(
    { type: "run.started", command: "setup", resumed: false, integrations: [], steps: [] },
    call({ durationMs: 5001, waitedMs: 300, cache: "miss" }),
    call({ durationMs: 5000, waitedMs: 200, cache: "revalidated" }),
    { ...about, type: "call.retrying", attempt: 2, delayMs: 10, reason: "503" },
    { ...about, type: "call.cached", state: "fresh", ageMs: 10 },
    { ...about, type: "call.cached", state: "stale", ageMs: 10 },
    { ...about, type: "call.refused", write: true, failure: failure("OFFLINE", "No.") },
  );
  expect(figures[0]?.figures).toMatchObject({
    ...{ applied: 2, slow: 1, waits: 2, waitedMs: 500, retries: 1 },
    ...{ fresh: 1, stale: 1, missed: 1, revalidated: 1, refused: 1 },
    durations: { count: 2, min: 5000, max: 5001 },
  });
  expect(runs).toEqual([{ run: "r1", at: 3, calls: { notion: 2 }, retries: 1 }]);
});

it("gives everything once", () => {
  const tally = new Tally();
  tally.take({ run: "plan", at: 1, ...call({}) } as RunEvent);
  expect(tally.empty).toBe(false);
  // A plan is no run of the journal.
  expect(tally.drain()).toMatchObject({ figures: [about], runs: [] });
  expect(tally.empty).toBe(true);
  expect(tally.drain()).toEqual({ figures: [], runs: [] });
});
