import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
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
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LockHolder } from "../../src/core/ports.ts";
import { host } from "../../src/platform/host.ts";
import { lockHolder, stateLock } from "../../src/platform/lock.ts";

const clock = { now: () => 1_234 };
const source = (name: string) => JSON.stringify(join(import.meta.dirname, "../../src", name));

let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-lock-"));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map(kill));
  rmSync(folder, { recursive: true, force: true });
});

type Answer = { won: true; pid: number } | { won: false; holder?: LockHolder };

/** A process that tries to take the lock on each line of input, and says how it went. */
function contender() {
  const script = `
    import { stateLock } from ${source("platform/lock.ts")};
    import { host } from ${source("platform/host.ts")};
    const lock = stateLock(${JSON.stringify(join(folder, ".testx"))}, host, Date);
    console.log("ready");
    process.stdin.on("data", () => {
      const result = lock.acquire("testx integrations setup");
      const won = "release" in result;
      console.log(JSON.stringify(won ? { won, pid: process.pid } : { won, ...result }));
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async () => (await lines.next()).value as string;
  return {
    child,
    ready: line,
    async acquire(): Promise<Answer> {
      child.stdin.write("go\n");
      return JSON.parse(await line());
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

test("one holder; the loser learns who; released, it is free", () => {
  const state = join(folder, ".testx");
  const [one, two] = [stateLock(state, host, clock), stateLock(state, host, clock)];
  const first = one.acquire("testx integrations setup");
  expect(first).toHaveProperty("release");
  expect(two.acquire("testx rollback")).toEqual({
    holder: {
      pid: process.pid,
      host: host.name,
      command: "testx integrations setup",
      since: 1_234,
    },
  });
  (first as { release(): void }).release();
  expect(existsSync(join(state, "lock.json"))).toBe(false);

  const second = two.acquire("testx rollback");
  expect(second).toHaveProperty("release");
  // Released twice: it must not take away what somebody else has by now.
  (first as { release(): void }).release();
  expect(one.acquire("testx integrations setup")).toMatchObject({
    holder: { command: "testx rollback" },
  });
  (second as { release(): void }).release();
});

test("folder and files are for their owner only", () => {
  const state = join(folder, ".testx");
  const lock = stateLock(state, host, clock).acquire("testx");
  expect(statSync(state).mode & 0o777).toBe(0o700);
  for (const name of ["lock.db", "lock.json"]) {
    expect([name, statSync(join(state, name)).mode & 0o777]).toEqual([name, 0o600]);
  }
  (lock as { release(): void }).release();
});

test("thirty at once: one wins, and all others name it", async () => {
  const all = Array.from({ length: 30 }, contender);
  await Promise.all(all.map((it) => it.ready()));
  const answers = await Promise.all(all.map((it) => it.acquire()));
  const winners = answers.filter((answer) => answer.won);
  expect(winners).toHaveLength(1);
  const pid = (winners[0] as { pid: number }).pid;
  const named = answers.flatMap((answer) => (answer.won ? [] : [answer.holder?.pid]));
  expect(named).toEqual(Array(29).fill(pid));
}, 60_000);

test("a killed holder holds nothing and is not named again", async () => {
  const [dead, next, loser] = [contender(), contender(), contender()];
  await Promise.all([dead, next, loser].map((it) => it.ready()));
  expect(await dead.acquire()).toMatchObject({ won: true });
  expect(await next.acquire()).toMatchObject({ won: false, holder: { pid: dead.child.pid } });
  await kill(dead.child);

  // Its note is still there, as if the next holder had not come to writing its own.
  const note = join(folder, ".testx", "lock.json");
  const stale = readFileSync(note, "utf8");
  expect(JSON.parse(stale)).toMatchObject({ pid: dead.child.pid });
  expect(await next.acquire()).toMatchObject({ won: true });
  writeFileSync(note, stale);
  expect(await loser.acquire()).toEqual({ won: false });
});

test("who holds it is asked of the lock itself, and not of the note", async () => {
  const state = join(folder, ".testx");
  const note = (pid: number, name: string) =>
    writeFileSync(
      join(state, "lock.json"),
      JSON.stringify({ pid, host: name, command: "testx rollback", since: 1 }),
    );
  mkdirSync(state);
  note(process.pid, host.name);
  expect(lockHolder(state, host)).toBeUndefined();
  expect(readdirSync(state)).toEqual(["lock.json"]);

  const lock = stateLock(state, host, clock);
  const taken = lock.acquire("testx integrations setup");
  expect(lockHolder(state, host)).toMatchObject({ holder: { pid: process.pid, since: 1_234 } });
  rmSync(join(state, "lock.json"));
  expect(lockHolder(state, host)).toEqual({ holder: undefined });
  (taken as { release(): void }).release();

  for (const [pid, name] of [
    [process.pid, host.name],
    [1, "elsewhere"],
  ] as const) {
    note(pid, name);
    expect(lockHolder(state, host)).toBeUndefined();
  }
  expect(readdirSync(state).sort()).toEqual(["lock.db", "lock.json"]);
  expect(lock.acquire("testx")).toHaveProperty("release");
});

test("a file with anything else in it is made whole, and whoever has the lock keeps it", async () => {
  const state = join(folder, ".testx");
  const [holder, other] = [contender(), contender()];
  await Promise.all([holder, other].map((it) => it.ready()));
  expect(await holder.acquire()).toMatchObject({ won: true });
  for (const content of ["garbage\n", "x".repeat(10_000)]) {
    writeFileSync(join(state, "lock.db"), content);
    expect(await other.acquire()).toEqual({
      ...{ won: false, holder: expect.objectContaining({ pid: holder.child.pid }) },
    });
  }
  writeFileSync(join(state, "lock.db"), "garbage\n");
  await kill(holder.child);
  expect(await other.acquire()).toMatchObject({ won: true });
  expect(readdirSync(state).sort()).toEqual([".gitignore", "lock.db", "lock.json"]);
});
