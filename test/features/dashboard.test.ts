import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { closedBreaker, forced, keptBreaker } from "../../src/core/breaker.ts";
import { healthKey, withObservation } from "../../src/core/health-record.ts";
import { histogramOf } from "../../src/core/histogram.ts";
import type { EntryBody } from "../../src/core/journal.ts";
import { noCounts } from "../../src/core/journal.ts";
import { breakerKey, limitKey } from "../../src/core/memo-keys.ts";
import { memoryMemo } from "../../src/core/memory-memo.ts";
import { noFigures } from "../../src/core/metrics.ts";
import type { LockHolder } from "../../src/core/ports.ts";
import { dashboard } from "../../src/features/dashboard.ts";
import { metricsStore } from "../../src/platform/metrics/store.ts";
import { memoryJournal } from "../../src/platform/store/memory.ts";

/** 2026-01-02T12:20:00Z */
const start = Date.UTC(2026, 0, 2, 12, 20);
const hour = 3_600_000;

function world() {
  const folder = mkdtempSync(join(tmpdir(), "testx-dashboard-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let at = start;
  const now = () => at;
  const own = memoryJournal({ now });
  let reads = 0;
  const journal: typeof own = {
    ...own,
    entries(run) {
      reads += 1;
      return own.entries(run);
    },
  };
  const metrics = metricsStore({ folder, onProblem: () => {} });
  onTestFinished(() => metrics.close());
  const memo = memoryMemo();
  let holder: LockHolder | undefined;
  const look = dashboard({
    journal,
    metrics,
    memo,
    sequence: undefined,
    now,
    holder: () => holder,
  });
  const called = (ago: number, integration: string, failed: number, ...ms: number[]) =>
    metrics.add(
      at - ago,
      [
        {
          integration,
          operation: "a",
          figures: { ...noFigures, applied: ms.length, failed, durations: histogramOf(ms) },
        },
      ],
      [],
    );
  return {
    ...{ journal, metrics, memo, look, called },
    /** How often the journal has been read since it was last asked. */
    reads: () => {
      const since = reads;
      reads = 0;
      return since;
    },
    pass: (ms: number) => {
      at += ms;
    },
    hold: (by: LockHolder | undefined) => {
      holder = by;
    },
  };
}

const target = {
  step: "slack.channel",
  integration: "slack",
  provider: "slack",
  kind: "slack.channel",
};
const intent = (op: string): EntryBody => ({
  ...{ type: "intent", op, title: "channel #dev", key: "dev", before: null, changes: [] },
  ...{ adopting: false, target: { ...target, config: {}, input: {} } },
});
const done = (op: string): EntryBody => ({
  ...{ type: "done", op, step: target.step, kind: target.kind, title: "channel #dev" },
  ...{ after: {}, origin: "created" },
});

it("is there before anything has happened", () => {
  const { look } = world();
  expect(look()).toEqual({ at: start, integrations: [], deferred: [], runs: [] });
});

it("knows each integration's health, breaker, limits and latencies", () => {
  const { look, memo, called } = world();
  called(0, "notion", 0, 100, 200);
  called(2 * hour, "notion", 1, 900);
  called(30 * hour, "notion", 5, 7);
  const seen = { question: "q", latencyMs: 40, asked: { status: "healthy" as const } };
  const record = withObservation(undefined, { ...seen, at: start - hour, state: "healthy" });
  memo.update(
    healthKey("notion"),
    () => withObservation(record, { ...seen, at: start, state: "healthy" }) as never,
  );
  const opened = forced("forced-open", start, "held", start + 60_000);
  memo.update(breakerKey("notion"), () => keptBreaker(opened, ""));
  memo.update(breakerKey("slack"), () =>
    keptBreaker({ ...closedBreaker, failures: 1, failedAt: start }, ""),
  );
  memo.update(limitKey("notion"), () => ({
    buckets: { requests: [2, start, start + 900], old: [1, start - 5000, start - 1] },
    pauses: { "*": [start + 5000, "asked by the service"] },
  }));

  const { integrations } = look();
  expect(integrations.map(({ integration }) => integration).sort()).toEqual(["notion", "slack"]);
  const notion = integrations.find(({ integration }) => integration === "notion");
  expect(notion).toMatchObject({
    health: { state: "healthy", since: start - hour, checkedAt: start, latencyMs: 40 },
    breaker: { state: "forced-open", until: start + 60_000, why: "held" },
    limits: [
      { limit: "*", pausedUntil: start + 5000, why: "asked by the service" },
      { limit: "requests", fullAt: start + 900 },
    ],
    calls: { calls: 4, failed: 1 },
  });
  const hours = notion?.hours ?? [];
  expect(hours).toHaveLength(24);
  expect(hours.at(-1)).toMatchObject({ start: start - 20 * 60_000, calls: 2, failed: 0 });
  expect(hours.at(-3)).toMatchObject({ calls: 2, failed: 1, p50: 900 });
  expect(hours.filter(({ calls }) => calls > 0)).toHaveLength(2);
  const slack = integrations.find(({ integration }) => integration === "slack");
  expect(slack).toMatchObject({ health: { state: "unknown" }, breaker: { state: "closed" } });
  expect(slack).not.toHaveProperty("calls");
});

it("tells what is running now, and which writes it has under way", async () => {
  const { journal, look, pass, hold } = world();
  const holder = { pid: 7, host: "laptop", command: "testx integrations setup", since: start };
  expect(look().running).toBeUndefined();
  hold(holder);
  expect(look().running).toEqual({ holder, steps: [], ended: 0 });
  await journal.append("r1", [{ type: "run-started", command: "setup" }]);
  await journal.append("r1", [intent("a")]);
  pass(50);
  await journal.append("r1", [intent("b")]);
  expect(look().running).toMatchObject({
    ...{ run: "r1", command: "setup", startedAt: start, ended: 0 },
    steps: [{ title: "channel #dev", since: start }, { since: start + 50 }],
  });
  await journal.append("r1", [done("a"), { type: "absent", op: "b", step: "slack.channel" }]);
  expect(look().running).toMatchObject({ steps: [], ended: 1 });
  const counts = { ...noCounts, created: 1 };
  await journal.append("r1", [{ type: "run-finished", outcome: "succeeded", counts, residue: [] }]);
  hold(undefined);
  expect(look()).not.toHaveProperty("running");
});

it("lists the newest runs, and finds what has changed since", async () => {
  const { journal, metrics, look, pass } = world();
  for (let n = 1; n <= 12; n += 1) {
    await journal.append(`r${n}`, [{ type: "run-started", command: "setup" }]);
    pass(100);
    await journal.append(`r${n}`, [
      { type: "run-finished", outcome: "succeeded", counts: noCounts, residue: [] },
    ]);
  }
  const runs = look().runs;
  expect(runs.map(({ run }) => run)).toEqual(Array.from({ length: 10 }, (_, at) => `r${12 - at}`));
  expect(runs[0]).toMatchObject({ outcome: "succeeded", durationMs: 100 });
  expect(runs[0]).not.toHaveProperty("calls");
  metrics.add(start, [], [{ run: "r12", at: start, calls: { slack: 3 }, retries: 0 }]);
  expect(look().runs[0]).toMatchObject({ calls: { slack: 3 } });
  // A run that was interrupted goes on under its id.
  await journal.append("r12", [{ type: "run-started", command: "setup" }]);
  expect(look().runs[0]).toMatchObject({ run: "r12", outcome: "unfinished" });
});

it("reads what a run without calls has left only until they would have been counted", async () => {
  const { journal, metrics, look, pass, reads } = world();
  for (const run of ["r1", "r2"]) {
    await journal.append(run, [{ type: "run-started", command: "setup" }]);
    await journal.append(run, [
      { type: "run-finished", outcome: "succeeded", counts: noCounts, residue: [] },
    ]);
  }
  look();
  // Not looked at meanwhile.
  pass(120_000);
  metrics.add(start, [], [{ run: "r2", at: start, calls: { slack: 3 }, retries: 0 }]);
  reads();
  expect(look().runs[0]).toMatchObject({ run: "r2", calls: { slack: 3 } });
  expect(reads()).toBeGreaterThan(0);
  expect(look().runs).toHaveLength(2);
  expect(reads()).toBe(0);
});
