import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Failure } from "../../src/core/failure.ts";
import { memoryMemo } from "../../src/core/memory-memo.ts";
import type { Memo } from "../../src/core/ports.ts";
import { type OpenMemo, sqliteMemo } from "../../src/platform/memo.ts";

let folder: string;
let problems: Failure[];
let opened: OpenMemo[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-memo-"));
  problems = [];
  opened = [];
});
afterEach(() => {
  for (const memo of opened) memo.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(state = folder): OpenMemo {
  const memo = sqliteMemo({ folder: state, onProblem: (problem) => problems.push(problem) });
  opened.push(memo);
  return memo;
}
const codes = () => problems.map(({ code }) => code);

describe.each<[string, () => Memo]>([
  ["on disk", () => open()],
  ["in memory", memoryMemo],
])("%s", (_, make) => {
  test("keeps, changes, forgets and lists", () => {
    const memo = make();
    expect(memo.get("a")).toBeUndefined();
    expect(memo.all("").size).toBe(0);
    memo.update("a", (now) => [now ?? null, "ü"]);
    memo.update("a", (now) => ({ before: now ?? null }));
    expect(memo.get("a")).toEqual({ before: [null, "ü"] });
    for (const key of ["limit b", "breaker z", "breaker %", "breaker a", "breakers"]) {
      memo.update(key, () => key);
    }
    expect([...memo.all("breaker ").keys()]).toEqual(["breaker %", "breaker a", "breaker z"]);
    memo.update("breaker z", () => undefined);
    expect([...memo.all("breaker ")]).toEqual([
      ["breaker %", "breaker %"],
      ["breaker a", "breaker a"],
    ]);
    expect(codes()).toEqual([]);
  });

  test("a change that throws changes nothing, and the next one goes on", () => {
    const memo = make();
    memo.update("a", () => 1);
    const mistake = new TypeError("mine");
    const broken = (): never => {
      throw mistake;
    };
    expect(() => memo.update("a", broken)).toThrow(mistake);
    memo.update("a", (now) => Number(now) + 1);
    expect(memo.get("a")).toBe(2);
    expect(codes()).toEqual([]);
  });
});

test("what one command kept the next one finds, and both see each other's changes", () => {
  const first = open();
  first.update("a", () => 1);
  const second = open();
  expect(second.get("a")).toBe(1);
  second.update("a", (now) => Number(now) + 1);
  expect(first.get("a")).toBe(2);
});

test("several processes at once lose no change, also when they are killed", async () => {
  const script = join(folder, "count.ts");
  const module = join(import.meta.dirname, "../../src/platform/memo.ts");
  writeFileSync(
    script,
    `import { sqliteMemo } from ${JSON.stringify(module)};
     const memo = sqliteMemo({ folder: ${JSON.stringify(folder)}, onProblem: (it) => { throw new Error(it.message); } });
     for (let n = 0; n < 500; n += 1) memo.update("count", (now) => Number(now ?? 0) + 1);
     process.kill(process.pid, "SIGKILL");`,
  );
  const children = [1, 2, 3].map(() =>
    spawn(process.execPath, [script], { stdio: ["ignore", "inherit", "inherit"] }),
  );
  const ends = await Promise.all(children.map((child) => once(child, "close")));
  expect(ends.map(([, signal]) => signal)).toEqual(["SIGKILL", "SIGKILL", "SIGKILL"]);
  expect(open().get("count")).toBe(1_500);
}, 30_000);

test("reading makes nothing; what is written is for its owner only", () => {
  const state = join(folder, "state");
  const memo = open(state);
  expect(memo.get("a")).toBeUndefined();
  expect(memo.all("").size).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
  memo.update("a", () => 1);
  const files = readdirSync(state).filter((name) => name.startsWith("gateway.db"));
  expect(files).toContain("gateway.db");
  for (const name of files) expect(statSync(join(state, name)).mode & 0o777).toBe(0o600);
  expect(statSync(state).mode & 0o777).toBe(0o700);
});

const damages: Record<string, (file: string) => void> = {
  "overwritten with text": (file) => writeFileSync(file, "not a database at all".repeat(400)),
  "a page of rubbish": (file) => {
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4_096);
    writeFileSync(file, bytes);
  },
  "another table of that name": (file) => {
    rmSync(file);
    const db = new DatabaseSync(file);
    db.exec("CREATE TABLE facts (other TEXT)");
    db.close();
  },
  "a value that is no JSON": (file) => {
    const db = new DatabaseSync(file);
    db.exec("UPDATE facts SET value = 'rubbish'");
    db.close();
  },
};

test.each(Object.keys(damages))("damage (%s) is noticed, said, and healed", (name) => {
  const first = open();
  for (let n = 0; n < 200; n += 1) first.update(`key ${n}`, () => "x".repeat(100));
  first.close();
  damages[name]?.(join(folder, "gateway.db"));

  const second = open();
  expect(second.get("key 150")).toBeUndefined();
  second.update("key 1", () => "new");
  expect(second.get("key 1")).toBe("new");
  second.close();
  expect(codes()).toEqual(["MEMO_DISCARDED"]);
  expect(open().get("key 1")).toBe("new");
});

test("where no file can be, memory takes its place and it is said once", () => {
  writeFileSync(join(folder, "blocked"), "a file where the folder should be");
  const memo = open(join(folder, "blocked"));
  memo.update("a", () => ({ b: 1 }));
  memo.update("c", () => 2);
  expect([memo.get("a"), memo.get("c")]).toEqual([{ b: 1 }, 2]);
  expect(codes()).toEqual(["MEMO_IN_MEMORY"]);
});

test("a folder in the place of the file ends in memory, not in its removal", () => {
  mkdirSync(join(folder, "gateway.db"));
  const memo = open();
  memo.update("a", () => 1);
  expect(memo.get("a")).toBe(1);
  expect(codes()).toEqual(["MEMO_IN_MEMORY"]);
  expect(statSync(join(folder, "gateway.db")).isDirectory()).toBe(true);
});
