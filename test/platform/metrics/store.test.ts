import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { histogramOf } from "../../../src/core/histogram.ts";
import { type Figures, noFigures } from "../../../src/core/metrics.ts";
import { kept, metricsStore } from "../../../src/platform/metrics/store.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** 2026-01-02T12:00:00Z */
const noon = Date.UTC(2026, 0, 2, 12);

function world() {
  const folder = join(mkdtempSync(join(tmpdir(), "testx-metrics-")), "state");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const problems: string[] = [];
  const open = () => {
    const store = metricsStore({ folder, onProblem: ({ code }) => problems.push(code) });
    onTestFinished(() => store.close());
    return store;
  };
  return { folder, file: join(folder, "metrics.db"), problems, open };
}

const figures = (applied: number, ...durations: number[]): Figures => ({
  ...{ ...noFigures, applied, durations: histogramOf(durations) },
});
const of = (operation: string, figures: Figures, integration = "slack") => ({
  ...{ integration, operation, figures },
});

it("adds up what several processes have counted", () => {
  const { open, file } = world();
  const [one, other] = [open(), open()];
  one.add(noon, [of("a", figures(2, 10, 20))], []);
  other.add(noon + 1000, [of("a", figures(1, 30)), of("b", figures(1, 5), "notion")], []);
  one.add(noon + hour, [of("a", figures(1, 40))], []);
  const rows = other.since(noon);
  expect(rows.map(({ start, operation, figures }) => [start, operation, figures.applied])).toEqual([
    [noon, "b", 1],
    [noon, "a", 3],
    [noon + hour, "a", 1],
  ]);
  const total = one.totals().find(({ operation }) => operation === "a")?.figures;
  expect(total).toEqual(figures(4, 10, 20, 30, 40));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("makes nothing by looking", () => {
  const { open, folder } = world();
  const store = open();
  expect([store.since(0), store.totals(), [...store.runs()]]).toEqual([[], [], []]);
  expect(() => statSync(folder)).toThrow();
});

it("keeps hours for a week, days for a month, and totals for ever, in bounded room", () => {
  const { open } = world();
  const store = open();
  for (let at = noon; at < noon + 60 * day; at += hour) store.add(at, [of("a", figures(1, 7))], []);
  const now = noon + 60 * day - hour;
  const rows = store.since(0);
  expect(rows.length).toBeLessThan((kept.hours + hour) / hour + kept.days / day + 3);
  const covered = rows.reduce((sum, { figures }) => sum + figures.applied, 0);
  expect(covered).toBeGreaterThanOrEqual(kept.days / hour);
  expect(covered).toBeLessThanOrEqual(kept.days / hour + 25);
  expect(store.since(now - 24 * hour).reduce((sum, { figures }) => sum + figures.applied, 0)).toBe(
    25,
  );
  expect(store.totals()[0]?.figures).toMatchObject({
    applied: 60 * 24,
    durations: { count: 1440 },
  });
});

it("tells only so many operations apart", () => {
  const { open } = world();
  const store = open();
  for (let at = 0; at < 450; at += 150) {
    const some = Array.from({ length: 150 }, (_, i) => of(`GET /things/${at + i}`, figures(1, 1)));
    store.add(noon, some, []);
  }
  const rows = store.since(0);
  expect(rows).toHaveLength(201);
  expect(rows.find(({ operation }) => operation === "(others)")?.figures.applied).toBe(250);
});

it("remembers the calls of a run that goes on", () => {
  const { open } = world();
  const store = open();
  const run = "20260102-120000-aaaa";
  store.add(noon, [], [{ run, at: noon, calls: { slack: 2 }, retries: 1 }]);
  store.add(noon, [], [{ run, at: noon + 5, calls: { slack: 1, notion: 1 }, retries: 0 }]);
  expect(store.runs().get(run)).toEqual({
    ...{ run, at: noon + 5, calls: { slack: 3, notion: 1 }, retries: 1 },
  });
});

it.each([
  ["other bytes", "x".repeat(5000)],
  ["nothing", ""],
])("begins anew where the file is %s", (what, bytes) => {
  const { open, file, problems } = world();
  open().add(noon, [of("a", figures(1, 1))], []);
  writeFileSync(file, bytes);
  const store = open();
  store.add(noon, [of("b", figures(1, 1))], []);
  expect(store.since(0).map(({ operation }) => operation)).toEqual(["b"]);
  expect(problems).toEqual(what === "nothing" ? [] : ["METRICS_DISCARDED"]);
});

it("begins anew where a row is not what was written", () => {
  const { open, file, problems } = world();
  const store = open();
  store.add(noon, [of("a", figures(1, 1))], []);
  const db = new DatabaseSync(file);
  db.exec(`UPDATE figures SET data = '{"applied":-1}'`);
  db.close();
  expect(store.since(0)).toEqual([]);
  expect(problems).toEqual(["METRICS_DISCARDED"]);
});

it("does not wait long for somebody who holds the file, and keeps all or nothing", () => {
  const { open, file } = world();
  const store = open();
  store.add(noon, [of("a", figures(1, 1))], []);
  const other = new DatabaseSync(file);
  other.exec("BEGIN EXCLUSIVE");
  expect(() => store.add(noon, [of("a", figures(1, 1)), of("b", figures(1, 1))], [])).toThrow(
    /locked/,
  );
  other.exec("ROLLBACK");
  other.close();
  expect(store.since(0).map(({ figures }) => figures.applied)).toEqual([1]);
});
