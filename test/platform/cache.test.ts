import {
  chmodSync,
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
import { type CacheOptions, createCache, type OpenCache } from "../../src/platform/cache.ts";

let folder: string;
let problems: Failure[];
let opened: OpenCache[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-cache-"));
  problems = [];
  opened = [];
});
afterEach(async () => {
  for (const cache of opened) await cache.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(state = folder, options: Partial<CacheOptions> = {}): OpenCache {
  const onProblem = (problem: Failure) => problems.push(problem);
  const cache = createCache({ folder: state, onProblem, ...options });
  opened.push(cache);
  return cache;
}
const codes = () => problems.map((problem) => problem.code);

test("what one command stored the next one finds", async () => {
  const first = open();
  const value = { status: "healthy", scopes: ["a", "b"], n: 1.5, none: null, ü: "🙂" };
  await first.set("health:slack", value, 60_000);
  await first.close();
  expect(await open().get("health:slack")).toEqual(value);
  expect(await open().get("health:notion")).toBeUndefined();
  expect(codes()).toEqual([]);
});

test("two processes share it while both are open", async () => {
  const [one, two] = [open(), open()];
  await one.set("a", 1, 60_000);
  await two.set("b", 2, 60_000);
  expect(await two.get("a")).toBe(1);
  expect(await one.get("b")).toBe(2);
});

test("what has run out is gone, and a time of nothing or less stores nothing", async () => {
  const cache = open();
  await cache.set("short", 1, 5);
  await expect.poll(() => cache.get("short")).toBeUndefined();
  await cache.set("never", 1, 60_000);
  await cache.set("never", 2, 0);
  expect(await cache.get("never")).toBeUndefined();
});

test("nothing is made before it is used; then the file is for its owner only", async () => {
  const state = join(folder, "state");
  const cache = open(state);
  expect(readdirSync(folder)).toEqual([]);
  await cache.set("a", 1, 1_000);
  for (const name of readdirSync(state).filter((name) => name.startsWith("cache.db"))) {
    expect([name, (statSync(join(state, name)).mode & 0o777).toString(8)]).toEqual([name, "600"]);
  }
  expect((statSync(state).mode & 0o777).toString(8)).toBe("700");
});

const damages: Record<string, (file: string) => void> = {
  "overwritten with text": (file) => writeFileSync(file, "not a database at all".repeat(400)),
  "cut in the middle": (file) => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 4_096 - 100));
  },
  "a page of rubbish": (file) => {
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4_096);
    writeFileSync(file, bytes);
  },
  "another table of that name": (file) => {
    rmSync(file);
    const db = new DatabaseSync(file);
    db.exec("CREATE TABLE entries (other TEXT)");
    db.close();
  },
  "a value that is no JSON": (file) => {
    const db = new DatabaseSync(file);
    db.exec("UPDATE entries SET value = 'rubbish'");
    db.close();
  },
};

test.each(Object.keys(damages))("damage (%s) is noticed, said, and healed", async (name) => {
  const first = open();
  for (let n = 0; n < 200; n += 1) await first.set(`key ${n}`, "x".repeat(100), 60_000);
  await first.close();
  damages[name]?.(join(folder, "cache.db"));

  const second = open();
  expect(await second.get("key 150")).toBeUndefined();
  await second.set("key 1", "new", 60_000);
  expect(await second.get("key 1")).toBe("new");
  await second.close();
  expect(codes()).toEqual(["CACHE_DISCARDED"]);
  expect(await open().get("key 1")).toBe("new");
  expect(codes()).toEqual(["CACHE_DISCARDED"]);
});

const strangers: Record<string, (file: string) => void> = {
  "a database with a table of that name": (file) => {
    const db = new DatabaseSync(file);
    db.exec("CREATE TABLE entries (id INTEGER PRIMARY KEY, other TEXT)");
    db.exec("INSERT INTO entries (other) VALUES ('worth keeping')");
    db.close();
  },
  "a database with other tables": (file) => {
    const db = new DatabaseSync(file);
    db.exec("CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('Ada')");
    db.close();
  },
  "a text": (file) => writeFileSync(file, "a letter to somebody\n".repeat(300)),
};

describe.each(Object.keys(strangers))("another program's file named as the store (%s)", (name) => {
  test.each([true, false])("stays as it was (memory may take its place: %s)", async (fallback) => {
    const file = join(folder, "app.db");
    strangers[name]?.(file);
    chmodSync(file, 0o644);
    const before = readFileSync(file);
    const cache = open(join(folder, "state"), { url: `sqlite:${file}`, fallback });
    if (fallback) {
      await cache.set("a", 1, 60_000);
      expect(await cache.get("a")).toBe(1);
      expect(codes()).toEqual(["CACHE_IN_MEMORY"]);
    } else {
      await expect(cache.get("a")).rejects.toMatchObject({ code: "CACHE_UNAVAILABLE" });
    }
    await cache.close();
    expect(readFileSync(file)).toEqual(before);
    expect((statSync(file).mode & 0o777).toString(8)).toBe("644");
  });
});

test("a file named as the store that was damaged is not thrown away", async () => {
  const url = `sqlite:${join(folder, "named.db")}`;
  const first = open(folder, { url });
  await first.set("a", 1, 60_000);
  await first.close();
  writeFileSync(join(folder, "named.db"), "not a database at all".repeat(400));
  const before = readFileSync(join(folder, "named.db"));
  const second = open(folder, { url });
  await second.set("a", 2, 60_000);
  await second.close();
  expect(codes()).toEqual(["CACHE_IN_MEMORY"]);
  expect(readFileSync(join(folder, "named.db"))).toEqual(before);
});

test("where no file can be, memory takes its place and it is said once", async () => {
  writeFileSync(join(folder, "blocked"), "a file where the folder should be");
  const cache = open(join(folder, "blocked"));
  await Promise.all([cache.set("a", { b: 1 }, 60_000), cache.set("c", 2, 60_000), cache.get("a")]);
  expect(await cache.get("a")).toEqual({ b: 1 });
  expect(await cache.get("c")).toBe(2);
  expect(codes()).toEqual(["CACHE_IN_MEMORY"]);
});

test("a folder in the place of the file ends in memory, not in its removal", async () => {
  mkdirSync(join(folder, "cache.db"));
  chmodSync(join(folder, "cache.db"), 0o700);
  const cache = open();
  await cache.set("a", 1, 60_000);
  expect(await cache.get("a")).toBe(1);
  expect(codes()).toEqual(["CACHE_IN_MEMORY"]);
  expect(statSync(join(folder, "cache.db")).isDirectory()).toBe(true);
});

describe.each(["sqlite:cache.db", "memory:"])("%s is bounded", (url) => {
  const limits = { entries: 10, bytes: 3_000 };
  const names = async (cache: OpenCache) =>
    (await cache.entries("answer:")).map(([key]) => Number(key.slice("answer:".length))).sort();

  test("by number: what has not been used for longest goes; other facts stay", async () => {
    const cache = open(folder, { url, limits });
    await cache.set("health:slack", 1, 60_000);
    for (let n = 0; n < 250; n += 1) await cache.set(`answer:${n}`, n, 60_000);
    await cache.set("answer:250", 250, 60_000);
    expect((await names(cache)).length).toBeLessThanOrEqual(110);
    expect(await cache.get("answer:250")).toBe(250);
    expect(await cache.get("answer:0")).toBeUndefined();
    expect(await cache.get("health:slack")).toBe(1);
    if (url === "memory:") return;
    await cache.close();
    const later = open(folder, { url, limits });
    expect(await names(later)).toEqual([241, 242, 243, 244, 245, 246, 247, 248, 249, 250]);
    expect(await later.get("health:slack")).toBe(1);
  });

  test("by size", async () => {
    const cache = open(folder, { url, limits });
    for (let n = 0; n < 100; n += 1) await cache.set(`answer:${n}`, "x".repeat(900), 60_000);
    expect(await names(cache)).toEqual([97, 98, 99]);
  });

  test("is looked through, and single entries go", async () => {
    const cache = open(folder, { url });
    for (const key of ["answer:1", "answer:2", "health:1"]) await cache.set(key, key, 60_000);
    await cache.set("answer:3", 3, 1);
    await expect.poll(() => cache.get("answer:3")).toBeUndefined();
    await cache.delete(["answer:1", "answer:none"]);
    expect(await cache.entries("answer:")).toEqual([["answer:2", "answer:2"]]);
    expect(await cache.entries("")).toHaveLength(2);
  });
});

test("once closed it is not opened again", async () => {
  const cache = open();
  await cache.set("a", 1, 60_000);
  await cache.close();
  await expect(cache.get("a")).rejects.toThrow("closed");
});

test("without fallback a folder that cannot be made is an error", async () => {
  writeFileSync(join(folder, "blocked"), "a file where the folder should be");
  const cache = open(join(folder, "blocked"), { fallback: false });
  await expect(cache.check()).rejects.toMatchObject({ code: "CACHE_UNAVAILABLE" });
  await expect(cache.get("a")).rejects.toMatchObject({ code: "CACHE_UNAVAILABLE" });
  expect(codes()).toEqual([]);
});
