import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CacheItem, CacheStats } from "../../src/core/cache-report.ts";
import type { Ended } from "../support/cli.ts";
import { impatient, type TestProject, testProject } from "../support/project.ts";
import { freePort, hasRedis, startRedis } from "../support/redis.ts";

let project: TestProject;
beforeEach(async () => {
  project = await testProject();
});
afterEach(() => project.close());

async function run(command: string, env: Record<string, string> = {}): Promise<Ended> {
  const ended = await project.run(command.split(" "), { env });
  expect([ended.code, ended.stderr], command).toEqual([0, expect.any(String)]);
  return ended;
}

async function json<T>(command: string, env?: Record<string, string>): Promise<T> {
  return JSON.parse((await run(`${command} --json`, env)).stdout) as T;
}

const items = async () => (await json<{ answers: CacheItem[] }>("cache list")).answers;

/** As somebody else would, past testx. */
async function github(method: string, path: string, body?: object): Promise<void> {
  const { GITHUB_API_URL, GITHUB_TOKEN, GITHUB_REPOSITORY } = project.sandbox.environment;
  const reply = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}${path}`, {
    method,
    headers: { authorization: `Bearer ${GITHUB_TOKEN}`, "user-agent": "a-person" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  expect(reply.ok).toBe(true);
}

describe("what somebody else does between two commands is seen, however young the answers are", () => {
  test("by plan, by drift and by rollback", async () => {
    await run("setup");
    await run("plan");
    await run("cache warm");
    const plan = async () =>
      (await json<{ plan: { step: string; action: string }[] }>("plan")).plan
        .filter(({ action }) => action !== "unchanged")
        .map(({ step, action }) => `${step} ${action}`);
    expect(await plan()).toEqual([]);
    await github("PATCH", "/labels/handbook", { color: "123456" });
    expect(await plan()).toEqual(["github.handbook-label update"]);
    await github("DELETE", "/labels/onboarding");
    expect(await plan()).toEqual([
      "github.onboarding-label create",
      "github.handbook-label update",
    ]);
    const drift = await json<{ counts: Record<string, number> }>("drift");
    expect(drift.counts).toMatchObject({ changed: 1, deleted: 1 });
    // What they have changed is theirs: it is left, and told.
    const undone = await project.run(["rollback", "--json"]);
    const last = JSON.parse(undone.stdout.trimEnd().split("\n").at(-1) ?? "");
    expect(last.residue).toMatchObject([{ step: "github.handbook-label" }]);
    expect(project.sandbox.state()).toContain('"123456"');
  });

  test("and what testx did itself", async () => {
    await run("setup");
    await run("rollback");
    const { plan } = await json<{ plan: { action: string }[] }>("plan");
    expect(plan.filter(({ action }) => action === "create")).toHaveLength(11);
  });
});

describe("testx cache", () => {
  test("shows what is kept and what it saved, by integration", async () => {
    await run("setup");
    await run("plan");
    await run("plan");
    const stats = await json<CacheStats>("cache stats");
    expect(stats.place).toBe(join(project.folder, ".testx/cache.db"));
    const one = Object.fromEntries(stats.integrations.map((it) => [it.integration, it]));
    expect(Object.keys(one)).toEqual(["github", "notion", "slack"]);
    expect(one.github).toMatchObject({ hits: 0, stale: 0, entries: 2 });
    expect(one.github?.revalidated).toBeGreaterThanOrEqual(4);
    expect(one.slack).toMatchObject({ hits: 0, revalidated: 0, hitRate: 0 });
    expect(stats.entries).toBe(stats.integrations.reduce((sum, { entries }) => sum + entries, 0));
    const text = (await run("cache stats")).stdout;
    expect(text).toMatch(/github {2,}2 {2,}[\d.]+ kB/);
    expect((await items()).find(({ kind }) => kind === "labels")).toMatchObject({
      ...{ integration: "github", operation: "GET /repos/{owner}/{repo}/labels" },
      ...{ path: expect.stringMatching(/\/repos\/acme\/app\/labels$/) },
      ...{ confirmable: true, outdated: false },
    });
    expect((await run("cache list")).stdout).toMatch(
      /repos\/acme\/app\/labels +labels +\S.* ago|just now +fresh for 3h 59m|4h 00m/,
    );
  });

  test("of a kind that is not kept it does not say that nothing is", async () => {
    await run("setup");
    expect((await run("cache list --kind labls")).stdout).toBe("Nothing of that is kept.\n");
    expect((await run("cache list --sandbox")).stdout).toContain("Nothing is kept. `testx cache");
  });

  test("asks GitHub for nothing that it has, and GitHub says so", async () => {
    await run("setup");
    await run("plan");
    const before = project.sandbox.log().length;
    await run("plan");
    const asked = project.sandbox.log().slice(before);
    const statuses = asked.filter(({ service }) => service === "github").map((it) => it.status);
    expect(statuses).toEqual([304, 304]);
  });

  test("forgets an integration, a kind, everything", async () => {
    await run("setup");
    await run("plan");
    const all = await items();
    const slack = all.filter(({ integration }) => integration === "slack").length;
    const labels = all.filter(({ kind }) => kind === "labels").length;
    expect(await json("cache clear slack")).toEqual({ removed: slack });
    expect(await json("cache clear --kind labels")).toEqual({ removed: labels });
    expect(await json("cache clear --kind labels")).toEqual({ removed: 0 });
    expect(await items()).toHaveLength(all.length - slack - labels);
    expect((await run("cache clear")).stdout).toBe(
      `${all.length - slack - labels} answers forgotten.\n`,
    );
    expect(await items()).toEqual([]);
    expect((await run("cache list")).stdout).toMatch(/testx cache warm/);
    const wrong = await project.run(["cache", "clear", "slak"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('Did you mean "slack"?');
  });

  test("fetches what a plan needs, and writes nothing", async () => {
    await run("setup");
    await run("cache clear");
    const writes = project.writes().length;
    const stats = await json<CacheStats>("cache warm");
    expect(stats.entries).toBeGreaterThan(5);
    expect(stats.entries).toBe((await items()).length);
    expect((await items()).filter(({ outdated }) => outdated)).toEqual([]);
    expect(project.writes()).toHaveLength(writes);
  });

  test("says so where it could not ask for everything", async () => {
    await run("setup");
    const asked = project.sandbox.log().length;
    const offline = { env: { OFFLINE_MODE_ENABLED: "true" } };
    const none = await project.run(["cache", "warm"], offline);
    expect([none.code, none.stdout, none.stderr]).toEqual([
      1,
      "",
      expect.stringMatching(/OFFLINE/),
    ]);
    expect(project.sandbox.log()).toHaveLength(asked);

    writeFileSync(
      join(project.folder, "config/integrations/fallback-strategies.json"),
      JSON.stringify({
        version: 1,
        default: { required: "defer", optional: "skip" },
        integrations: {},
      }),
    );
    const env = { ...impatient, GITHUB_API_URL: `http://127.0.0.1:${await freePort()}` };
    const some = await project.run(["cache", "warm"], { env });
    expect([some.code, some.stderr]).toEqual([
      5,
      expect.stringMatching(/Not everything .*GATEWAY/),
    ]);
  });

  test("holds no token", async () => {
    await run("setup");
    await run("plan");
    const tokens = ["SLACK_BOT_TOKEN", "NOTION_TOKEN", "GITHUB_TOKEN"].map(
      (name) => project.sandbox.environment[name] ?? "",
    );
    for (const name of readdirSync(join(project.folder, ".testx"))) {
      const bytes = readFileSync(join(project.folder, ".testx", name), "latin1");
      for (const token of tokens) expect([name, bytes.includes(token)]).toEqual([name, false]);
    }
  });

  test("is empty with a retention of nothing, and never older than that", async () => {
    await run("setup", { CACHED_DATA_RETENTION_HOURS: "0" });
    await run("plan", { CACHED_DATA_RETENTION_HOURS: "0" });
    expect(await items()).toEqual([]);
  });
});

describe("the store", () => {
  test("that cannot be used is replaced by memory, or an error before anything is done", async () => {
    const env = { TESTX_CACHE_URL: `redis://:a-pass-word@127.0.0.1:${await freePort()}` };
    const { stderr } = await run("setup", env);
    expect(stderr.match(/CACHE_IN_MEMORY/g)).toHaveLength(1);
    expect(stderr).not.toContain("a-pass-word");
    for (const how of ["--quiet", "--json"]) {
      expect((await run(`setup ${how}`, env)).stderr, how).toContain("CACHE_IN_MEMORY");
    }
    const before = project.sandbox.log().length;
    const strict = await project.run(["setup"], {
      env: { ...env, LOCAL_STORAGE_FALLBACK: "false" },
    });
    expect([strict.code, strict.stderr]).toEqual([4, expect.stringContaining("CACHE_UNAVAILABLE")]);
    expect(strict.stderr).not.toContain("a-pass-word");
    expect(project.sandbox.log()).toHaveLength(before);
  });

  test("in memory leaves no file", async () => {
    await run("setup -q", { TESTX_CACHE_URL: "memory:" });
    expect(existsSync(join(project.folder, ".testx/cache.db"))).toBe(false);
  });

  test("that is damaged is made anew", async () => {
    await run("setup -q");
    for (const end of ["-wal", "-shm"]) {
      rmSync(join(project.folder, `.testx/cache.db${end}`), { force: true });
    }
    writeFileSync(join(project.folder, ".testx/cache.db"), "no database".repeat(1_000));
    const { stderr } = await run("plan -q");
    expect(stderr).toContain("CACHE_DISCARDED");
    expect((await items()).length).toBeGreaterThan(5);
  });

  test.runIf(hasRedis)("is a Redis, where the address says so", async () => {
    const redis = await startRedis("pass-of-this-redis");
    try {
      const env = { TESTX_CACHE_URL: `redis://:pass-of-this-redis@127.0.0.1:${redis.port}` };
      await run("setup -q", env);
      await run("plan -q", env);
      const stats = await json<CacheStats>("cache stats", env);
      expect(stats.place).toBe(`redis://127.0.0.1:${redis.port}`);
      expect(stats.entries).toBeGreaterThan(5);
      expect(existsSync(join(project.folder, ".testx/cache.db"))).toBe(false);
    } finally {
      await redis.kill();
    }
  });
});
