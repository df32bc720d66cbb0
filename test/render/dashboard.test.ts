import { expect, it } from "vitest";
import type { Dashboard } from "../../src/core/dashboard.ts";
import { failure } from "../../src/core/failure.ts";
import { noCounts } from "../../src/core/journal.ts";
import { dashboardLines } from "../../src/render/dashboard.ts";
import { width } from "../../src/render/text.ts";
import { noon } from "./recordings.ts";

const hours = Array.from({ length: 24 }, (_, at) => ({
  ...{ start: noon - (23 - at) * 3_600_000, calls: 0, failed: 0 },
  ...(at > 20 && { calls: 4, p50: 50, p95: (at - 20) * 100 }),
}));

const board: Dashboard = {
  at: noon,
  integrations: [
    {
      integration: "notion",
      health: { state: "degraded", since: noon - 65_000, checkedAt: noon - 5000 },
      breaker: {
        integration: "notion",
        state: "open",
        until: noon + 30_000,
        why: "5 failures\nin a row",
      },
      limits: [
        { limit: "*", pausedUntil: noon + 2000, why: "asked by the service", fullAt: noon + 900 },
        { limit: "requests", fullAt: noon + 4000 },
      ],
      calls: {
        ...{
          calls: 12,
          applied: 10,
          declined: 0,
          failed: 2,
          successRate: 0.8333,
          p50: 50,
          p95: 300,
        },
        ...{ slow: 0, retries: 2, rateLimit: { waits: 0, waitedMs: 0 }, refused: 0 },
        cache: { hits: 0, stale: 0, revalidated: 0, misses: 0 },
      },
      hours,
    },
    {
      ...{ integration: "slack", health: { state: "unknown" }, limits: [], hours: [] },
      breaker: { integration: "slack", state: "closed" },
    },
  ],
  deferred: [
    {
      ...{ id: "a", step: "notion.tasks", integration: "notion", kind: "notion.database" },
      ...{
        title: "database Tasks",
        state: "waiting",
        run: "r1",
        since: noon - 3_600_000,
        at: noon,
      },
      ...{ attempts: 2, failure: failure("NOTION_UNAVAILABLE", "Notion is down."), input: {} },
    },
  ],
  runs: [
    {
      ...{ run: "r1", command: "setup", startedAt: noon - 60_000, outcome: "degraded", residue: 0 },
      ...{ durationMs: 900, counts: { ...noCounts, created: 3, deferred: 1 } },
    },
  ],
  running: {
    holder: { pid: 7, host: "laptop", command: "testx integrations sync", since: noon - 12_000 },
    ...{ run: "r2", command: "sync", startedAt: noon - 12_000, ended: 1 },
    steps: [{ step: "notion.tasks", title: "database Tasks", since: noon - 2000 }],
  },
};
const terminal = { color: false, unicode: true, width: 80, interactive: true };

it("tells at a glance what runs, what is ill and since when, what waits and what was", () => {
  expect(dashboardLines(board, terminal).join("\n")).toMatchInlineSnapshot(`
    "Running: testx integrations sync (process 7 on laptop, for 12.0s), run r2: 1
    write done
      notion.tasks database Tasks for 2.0s

    notion       degraded for 1m 05s, asked 5s ago
      breaker  open: one call may go in 30.0s; 5 failures in a row
      limit    all calls wait for 2.0s: asked by the service
      limits   2 limits in use, free in 4.0s
      24 h     12 calls, 2 failed, 2 retries, p50 50ms, p95 300ms
      p95      ·····················▃▆█

    slack        unknown

    Waiting for a service
      notion.tasks database Tasks: waiting for 1h 00m (NOTION_UNAVAILABLE)

    Runs
    r1  setup  degraded  1m 00s ago  900ms  3 created, 1 deferred

    \`testx history show RUN\` tells what a run did."
  `);
});

it("says of a breaker whose time is over what comes next, not for how long it is open", () => {
  const lines = dashboardLines({ ...board, at: board.at + 40_000 }, terminal).join("\n");
  expect(lines).toContain("breaker  open: the next call goes as a probe; 5 failures in a row");
});

it.each([40, 60, 80])("fits %d columns, in ASCII too", (columns) => {
  for (const line of dashboardLines(board, { ...terminal, width: columns, unicode: false })) {
    expect(width(line), line).toBeLessThanOrEqual(columns);
    expect(line).toMatch(/^[ -~]*$/);
  }
});
