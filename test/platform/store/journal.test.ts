import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sqliteJournal } from "../../../src/platform/store/journal.ts";
import { memoryJournal } from "../../../src/platform/store/memory.ts";
import {
  done,
  finished,
  history,
  journalStoreContract,
  started,
} from "../../contract/journal-store.ts";
import fc from "../../support/property.ts";

const clock = { now: () => 1_000 };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-journal-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

journalStoreContract("the journal on SQLite", () => ({
  make: (now) => sqliteJournal(join(folder, ".testx"), now),
}));

test("looking makes no folder and no file", () => {
  const journal = sqliteJournal(join(folder, ".testx"), clock);
  expect(journal.entries()).toEqual([]);
  journal.close();
  expect(existsSync(join(folder, ".testx"))).toBe(false);
});

test("sees what another process has begun to write since", async () => {
  const reader = sqliteJournal(folder, clock);
  expect(reader.entries()).toEqual([]);
  const writer = sqliteJournal(folder, clock);
  await writer.append("r1", [started]);
  expect(reader.entries()).toHaveLength(1);
  await reader.append("r2", [started]);
  await writer.append("r1", [finished]);
  expect(writer.entries().map(({ seq, run }) => [seq, run])).toEqual([
    [1, "r1"],
    [2, "r2"],
    [3, "r1"],
  ]);
  reader.close();
  writer.close();
});

test("any history reads as the journal in memory reads it, also when opened again", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (appends) => {
      const state = mkdtempSync(join(folder, "h-"));
      const memory = memoryJournal(clock);
      let journal = sqliteJournal(state, clock);
      for (const { run, bodies } of appends) {
        const expected = await memory.append(run, bodies);
        expect(await journal.append(run, bodies)).toEqual(expected);
      }
      const same = () => {
        expect(journal.entries()).toEqual(memory.entries());
        for (const run of ["r1", "r2", "r3"]) {
          expect(journal.entries(run)).toEqual(memory.entries(run));
        }
        expect(journal.runs()).toEqual(memory.runs());
        for (const which of ["undoable", "open"] as const) {
          expect(journal.operations(which)).toEqual(memory.operations(which));
        }
        expect(Object.fromEntries(journal.receipts())).toEqual(
          Object.fromEntries(memory.receipts()),
        );
      };
      same();
      journal.close();
      journal = sqliteJournal(state, clock);
      same();
      journal.close();
    }),
    { numRuns: 40 },
  );
});

test("a journal of the first form is brought to the newest", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (appends) => {
      const state = mkdtempSync(join(folder, "m-"));
      const journal = sqliteJournal(state, clock);
      await journal.append("r0", [started]);
      for (const { run, bodies } of appends) {
        await journal.append(
          run,
          bodies.filter(({ type }) => type !== "seen"),
        );
      }
      const before = [journal.operations("undoable"), journal.operations("open")];
      journal.close();
      const db = new DatabaseSync(join(state, "state.db"));
      const later = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN (?, ?, ?)")
        .all("entries", "marks", "live");
      for (const { name } of later) db.exec(`DROP TABLE ${name}`);
      db.exec("PRAGMA user_version = 1");
      db.close();
      const again = sqliteJournal(state, clock);
      expect([again.operations("undoable"), again.operations("open")]).toEqual(before);
      again.close();
    }),
    { numRuns: 20 },
  );
});

test("appends of one turn share a transaction, and each gets its own entries", async () => {
  const journal = sqliteJournal(folder, clock);
  await journal.append("r1", [started]);
  const { size } = statSync(join(folder, "state.db-wal"));
  const many = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      journal.append("r1", [done(`s.${i % 7}`, "updated", `op${i}`, { i })]),
    ),
  );
  expect(many.map(([entry]) => (entry as { op?: string }).op)).toEqual(
    Array.from({ length: 100 }, (_, i) => `op${i}`),
  );
  // Each transaction logs every page it touched: a hundred would be over 800 kB.
  expect(statSync(join(folder, "state.db-wal")).size - size).toBeLessThan(200_000);
  journal.close();
});

test("what waits is written when it is closed", async () => {
  const journal = sqliteJournal(folder, clock);
  const appended = journal.append("r1", [started]);
  journal.close();
  expect(await appended).toHaveLength(1);
  const again = sqliteJournal(folder, clock);
  expect(again.entries()).toHaveLength(1);
  again.close();
});

test("many that make the journal at once all write into one", async () => {
  const journals = Array.from({ length: 8 }, () => sqliteJournal(join(folder, ".testx"), clock));
  await Promise.all(journals.map((journal, i) => journal.append(`r${i}`, [started])));
  expect(journals.map((journal) => journal.entries().length)).toEqual(Array(8).fill(8));
  for (const journal of journals) journal.close();
});

const mode = (path: string) => statSync(path).mode & 0o777;

test("folder and files are for their owner only", async () => {
  const state = join(folder, "deep", ".testx");
  const journal = sqliteJournal(state, clock);
  await journal.append("r1", [started]);
  expect(mode(state)).toBe(0o700);
  for (const name of ["state.db", "state.db-wal", "state.db-shm"]) {
    expect([name, mode(join(state, name))]).toEqual([name, 0o600]);
  }
  journal.close();
});

test("a folder of ours that stands open is tightened; somebody else's is not", async () => {
  const ours = join(folder, ".testx");
  const project = join(folder, "project");
  for (const path of [ours, project]) mkdirSync(path, { mode: 0o755 });
  mkdirSync(join(project, "src"));
  for (const path of [ours, project]) {
    const journal = sqliteJournal(path, clock);
    await journal.append("r1", [started]);
    journal.close();
  }
  expect(mode(ours)).toBe(0o700);
  expect(mode(project)).toBe(0o755);
  expect(mode(join(project, "state.db"))).toBe(0o600);
});
