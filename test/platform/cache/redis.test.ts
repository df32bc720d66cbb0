import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Failure } from "../../../src/core/failure.ts";
import { type CacheOptions, createCache, type OpenCache } from "../../../src/platform/cache.ts";
import { freePort, hasRedis, type RunningRedis, startRedis } from "../../support/redis.ts";

let folder: string;
let problems: Failure[];
let opened: OpenCache[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-redis-"));
  problems = [];
  opened = [];
});
afterEach(async () => {
  for (const cache of opened) await cache.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(url: string, options: Partial<CacheOptions> = {}): OpenCache {
  const onProblem = (problem: Failure) => problems.push(problem);
  const cache = createCache({ folder, url, onProblem, ...options });
  opened.push(cache);
  return cache;
}

describe.runIf(hasRedis)("a real Redis", () => {
  const password = "s3cret-of-redis";
  let redis: RunningRedis;
  let url: string;
  beforeAll(async () => {
    redis = await startRedis(password);
    url = `redis://:${password}@127.0.0.1:${redis.port}`;
  });
  afterAll(() => redis.kill());

  test("keeps what one process stored for the next, and touches no disk", async () => {
    const value = { status: "healthy", n: 1.5, none: null, ü: "🙂" };
    await open(url).set("answer:a", value, 60_000);
    const second = open(url);
    expect(await second.get("answer:a")).toEqual(value);
    expect(await second.get("answer:b")).toBeUndefined();
    await second.delete(["answer:a"]);
    expect(await second.get("answer:a")).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
    expect(problems).toEqual([]);
  });

  test("forgets by itself what has run out", async () => {
    const cache = open(url);
    await cache.set("short", 1, 20);
    await cache.set("long", 1, 60_000);
    await expect.poll(() => cache.get("short")).toBeUndefined();
    expect(await cache.get("long")).toBe(1);
  });

  test("is looked through by prefix, and each state folder sees its own entries only", async () => {
    const [mine, theirs] = [
      open(url, { namespace: () => "mine" }),
      open(url, { namespace: () => "theirs" }),
    ];
    await mine.set("answer:1", 1, 60_000);
    await mine.set("answer:2", 2, 60_000);
    await mine.set("health:1", 3, 60_000);
    await theirs.set("answer:1", 4, 60_000);
    expect(new Map(await mine.entries("answer:"))).toEqual(
      new Map([
        ["answer:1", 1],
        ["answer:2", 2],
      ]),
    );
    expect(await theirs.entries("")).toEqual([["answer:1", 4]]);
  });

  test("a wrong password ends in memory, said once, and is not shown", async () => {
    const cache = open(`redis://:wrong-pass-word@127.0.0.1:${redis.port}`);
    await Promise.all([cache.set("a", 1, 60_000), cache.get("b")]);
    expect(await cache.get("a")).toBe(1);
    expect(problems.map(({ code }) => code)).toEqual(["CACHE_IN_MEMORY"]);
    expect(problems[0]?.message).toMatch(/WRONGPASS/);
    expect(JSON.stringify(problems)).not.toContain("wrong-pass-word");
    expect(cache.place).toBe(`redis://127.0.0.1:${redis.port}`);
  });

  test("that dies while it is used ends in memory; the process goes on", async () => {
    const mortal = await startRedis();
    const cache = open(`redis://127.0.0.1:${mortal.port}`);
    await cache.set("a", 1, 60_000);
    await mortal.kill();
    expect(await cache.get("a")).toBeUndefined();
    await cache.set("a", 2, 60_000);
    expect(await cache.get("a")).toBe(2);
    expect(problems.map(({ code }) => code)).toEqual(["CACHE_IN_MEMORY"]);
  });
});

test("where nothing listens, memory takes its place at once and it is said once", async () => {
  const port = await freePort();
  const cache = open(`redis://somebody:pass-of-somebody@127.0.0.1:${port}/3`);
  await Promise.all([cache.set("a", 1, 60_000), cache.set("b", 2, 60_000)]);
  expect(await cache.get("a")).toBe(1);
  expect(problems.map(({ code }) => code)).toEqual(["CACHE_IN_MEMORY"]);
  expect(problems[0]?.message).toContain(`redis://127.0.0.1:${port}/3 cannot be used`);
  expect(JSON.stringify(problems)).not.toMatch(/somebody/);
});

test("one that takes the connection and says nothing is given up after two seconds", async () => {
  const sockets: { destroy(): void }[] = [];
  const mute = createServer((socket) => void sockets.push(socket)).listen(0, "127.0.0.1");
  await once(mute, "listening");
  const cache = open(`redis://127.0.0.1:${(mute.address() as AddressInfo).port}`);
  const started = performance.now();
  await cache.set("a", 1, 60_000);
  expect(performance.now() - started).toBeLessThan(3_000);
  expect(await cache.get("a")).toBe(1);
  expect(problems.map(({ code }) => code)).toEqual(["CACHE_IN_MEMORY"]);
  for (const socket of sockets) socket.destroy();
  mute.close();
});

test("without fallback it is an error, before anything is done", async () => {
  const cache = open(`redis://127.0.0.1:${await freePort()}`, { fallback: false });
  await expect(cache.check()).rejects.toMatchObject({ code: "CACHE_UNAVAILABLE" });
  expect(problems).toEqual([]);
});
