import { describe, expect, it } from "vitest";
import type { Dashboard, IntegrationPanel } from "../../src/core/dashboard.ts";
import { failure } from "../../src/core/failure.ts";
import { noCounts } from "../../src/core/journal.ts";
import { detailLines } from "../../src/render/dashboard/details.ts";
import { fitted } from "../../src/render/dashboard/fit.ts";
import { helpLines, keysLine } from "../../src/render/dashboard/keys.ts";
import { overviewLines, titleLine } from "../../src/render/dashboard/overview.ts";
import { sparkline } from "../../src/render/dashboard/sparkline.ts";
import { firstView, press, type View } from "../../src/render/dashboard/view.ts";
import { width } from "../../src/render/text.ts";
import { noon } from "./recordings.ts";

function panel(integration: string, rest: Partial<IntegrationPanel> = {}): IntegrationPanel {
  return {
    integration,
    health: { state: "healthy", since: noon - 7_200_000, checkedAt: noon - 5000, latencyMs: 31 },
    breaker: { integration, state: "closed" },
    limits: [],
    hours: Array.from({ length: 24 }, (_, at) => ({
      ...{ start: noon - (23 - at) * 3_600_000, calls: at, failed: at > 21 ? 1 : 0 },
      ...(at > 0 && { p50: at, p95: at * 10 }),
    })),
    calls: {
      ...{ calls: 276, applied: 274, declined: 0, failed: 2, successRate: 0.99, p50: 12, p95: 200 },
      ...{ slow: 0, retries: 3, rateLimit: { waits: 0, waitedMs: 0 }, refused: 4 },
      cache: { hits: 0, stale: 0, revalidated: 0, misses: 0 },
    },
    ...rest,
  };
}

const board: Dashboard = {
  at: noon,
  integrations: [
    panel("slack"),
    panel("notion", {
      health: {
        ...{ state: "down", since: noon - 65_000, checkedAt: noon - 5000, account: "testx" },
        lastError: { code: "NOTION_UNAVAILABLE", at: noon - 5000 },
      },
      breaker: {
        integration: "notion",
        state: "open",
        until: noon + 30_000,
        why: "5 failures\nin a row",
      },
      limits: [{ limit: "*", pausedUntil: noon + 2000, why: "asked by the service", fullAt: noon }],
    }),
    ...Array.from({ length: 9 }, (_, at) => panel(`a-service-with-a-long-name-${at}`)),
  ],
  deferred: Array.from({ length: 6 }, (_, at) => ({
    ...{ id: `d${at}`, step: `notion.page${at}`, integration: "notion", kind: "notion.page" },
    ...{ title: `page ${at}`, state: "waiting", run: "r1", since: noon - 60_000, at: noon },
    ...{ attempts: 2, failure: failure("NOTION_UNAVAILABLE", "Notion is down."), input: {} },
  })),
  runs: Array.from({ length: 10 }, (_, at) => ({
    ...{ run: `20260131-14250${at}-k3x9`, command: "setup", startedAt: noon - 60_000 },
    ...{ outcome: "degraded", residue: 0, durationMs: 900 },
    counts: { ...noCounts, created: 3, deferred: 1 },
  })),
  running: {
    holder: { pid: 7, host: "laptop", command: "testx integrations sync", since: noon - 12_000 },
    ...{ run: "r2", command: "sync", startedAt: noon - 12_000, ended: 1 },
    steps: [{ step: "notion.tasks", title: "database Tasks", since: noon - 2000 }],
  },
};
const terminal = { color: false, unicode: true, width: 80, interactive: true };
const onNotion: View = { chosen: "notion", page: "overview" };

it("tells at a glance what runs, what is ill, what waits and what was", () => {
  const few = { ...board, integrations: board.integrations.slice(0, 2) };
  expect(overviewLines(few, onNotion, terminal, 23).join("\n")).toMatchInlineSnapshot(`
    "Running: testx integrations sync (process 7 on laptop, for 12.0s), run r2: 1
    write done
      notion.tasks database Tasks for 2.0s

      integration  health            breaker     limits      p95    by the hour
      slack        ✔ healthy 2h 00m  closed      free        200ms  ▃▄▄▄▅▅▅▆▆▆▇▇▇███
    › notion       ✖ down 1m 05s     open 30.0s  waits 2.0s  200ms  ▃▄▄▄▅▅▅▆▆▆▇▇▇███

    notion  ✖ down for 1m 05s
      asked    5s ago as testx
      error    NOTION_UNAVAILABLE, 5s ago
      breaker  open: one call may go in 30.0s; 5 failures in a row
      limit    all calls wait for 2.0s: asked by the service
      limits   1 limit in use, free in 0ms
      24 h     276 calls, 2 failed, 3 retries, 4 refused, p50 12ms, p95 200ms

    Waiting for a service
      notion.page0 page 0: waiting for 1m 00s (NOTION_UNAVAILABLE)
      … and 5 more

    Runs
    20260131-142500-k3x9  setup  degraded  1m 00s ago  900ms  3 created, 1 deferred
    20260131-142501-k3x9  setup  degraded  1m 00s ago  900ms  3 created, 1 deferred"
  `);
});

it("tells everything of one integration", () => {
  expect(detailLines(board, onNotion, terminal, 20).join("\n")).toMatchInlineSnapshot(`
    "notion  ✖ down for 1m 05s

      asked    5s ago as testx
      error    NOTION_UNAVAILABLE, 5s ago
      breaker  open: one call may go in 30.0s; 5 failures in a row
      limit    all calls wait for 2.0s: asked by the service
      limits   1 limit in use, free in 0ms
      24 h     276 calls, 2 failed, 3 retries, 4 refused, p50 12ms, p95 200ms

    The last 24 hours, and the most in one
      p50     ·▁▁▂▂▂▃▃▃▄▄▄▅▅▅▆▆▆▇▇▇███  23ms
      p95     ·▁▁▂▂▂▃▃▃▄▄▄▅▅▅▆▆▆▇▇▇███  230ms
      calls   ·▁▁▂▂▂▃▃▃▄▄▄▅▅▅▆▆▆▇▇▇███  23
      failed  ······················██  1

    Waiting for it
      notion.page0 page 0: waiting for 1m 00s (NOTION_UNAVAILABLE)
      notion.page1 page 1: waiting for 1m 00s (NOTION_UNAVAILABLE)
      notion.page2 page 2: waiting for 1m 00s (NOTION_UNAVAILABLE)
      notion.page3 page 3: waiting for 1m 00s (NOTION_UNAVAILABLE)"
  `);
});

describe.each([120, 80, 60, 40, 20])("%d columns", (columns) => {
  describe.each([50, 24, 12, 6, 3, 1])("%d rows", (rows) => {
    it.each([true, false])("are enough for every page, Unicode: %s", (unicode) => {
      const window = { ...terminal, width: columns, unicode };
      const pages = [
        overviewLines(board, onNotion, window, rows),
        detailLines(board, { ...onNotion, page: "details" }, window, rows),
        helpLines(window, rows),
      ];
      for (const lines of pages) {
        expect(lines.length).toBeGreaterThan(0);
        expect(lines.length).toBeLessThanOrEqual(rows);
      }
      const edges = (["overview", "details", "help"] as const).map((page) =>
        keysLine(page, true, window),
      );
      for (const line of [...pages.flat(), ...edges, titleLine(board, window)]) {
        if (columns >= 40) expect(width(line), line).toBeLessThanOrEqual(columns);
        if (!unicode) expect(line).toMatch(/^[ -~]*$/);
      }
    });
  });
});

it("has the chosen integration on the screen, wherever it stands", () => {
  for (const { integration } of board.integrations) {
    const view: View = { chosen: integration, page: "overview" };
    const lines = overviewLines(board, view, terminal, 19);
    expect(lines.filter((line) => line.startsWith("› "))).toHaveLength(1);
    expect(lines.find((line) => line.startsWith("› "))).toContain(integration.slice(0, 6));
  }
});

describe("keys", () => {
  const ids = ["slack", "notion", "github"];
  const pressed = (keys: readonly string[], view: View = firstView) =>
    keys.reduce<View>((now, key) => press(now, key, ids) as View, view);

  it.each([
    [["down"], "notion", "overview"],
    [["j", "j", "j", "j"], "github", "overview"],
    [["G", "k"], "notion", "overview"],
    [["G", "g"], "slack", "overview"],
    [["up"], "slack", "overview"],
    [["j", "enter"], "notion", "details"],
    [["j", "enter", "j"], "github", "details"],
    [["enter", "back"], undefined, "overview"],
    [["enter", "enter"], undefined, "overview"],
    [["?"], undefined, "help"],
    [["?", "?"], undefined, "overview"],
    [["?", "x"], undefined, "overview"],
    [["?", "j"], undefined, "overview"],
    [["x"], undefined, "overview"],
  ] as const)("%j", (keys, chosen, page) => {
    expect(pressed(keys)).toEqual({ chosen, page });
  });

  it("end it and ask the services from every page", () => {
    for (const page of ["overview", "details", "help"] as const) {
      for (const key of ["q", "Q", "interrupt"]) {
        expect(press({ ...firstView, page }, key, ids), key).toBe("quit");
      }
      expect(press({ ...firstView, page }, "r", ids)).toBe("check");
    }
  });

  it("stay on an integration that is gone by now, and where there is none", () => {
    expect(pressed(["j"], { chosen: "gone", page: "overview" }).chosen).toBe("notion");
    for (const key of ["j", "k", "g", "G", "enter"]) {
      expect(press(firstView, key, [])).toEqual(firstView);
    }
  });
});

it("sets apart slow, quick and none", () => {
  expect(sparkline([undefined, 0, 1, 4, 8], { unicode: true })).toBe("·▁▁▄█");
  expect(sparkline([undefined, 0, 1, 4, 8], { unicode: false })).toBe(" __=@");
  expect(sparkline([0, 0], { unicode: true })).toBe("▁▁");
  expect(sparkline([], { unicode: true })).toBe("");
});

it("gives each section its least before any gets more, and says what is left out", () => {
  const section = (name: string, many: number, least: number) => ({
    lines: Array.from({ length: many }, (_, at) => `${name}${at}`),
    least,
    more: (left: number) => `${left} more`,
  });
  const sections = [section("a", 4, 2), section("b", 0, 2), section("c", 3, 2)];
  expect(fitted(sections, 20)).toEqual(["a0", "a1", "a2", "a3", "", "c0", "c1", "c2"]);
  expect(fitted(sections, 6)).toEqual(["a0", "a1", "2 more", "", "c0", "2 more"]);
  expect(fitted(sections, 2)).toEqual(["a0", "3 more"]);
  expect(fitted(sections, 0)).toEqual([]);
});
