import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { catalogue } from "../../src/core/catalogue/catalogue.ts";
import { budget, seed } from "../support/chaos.ts";
import type { Ended } from "../support/cli.ts";
import { seeded } from "../support/fake-clock.ts";
import { recovers, type Undisturbed, undisturbed, unwinds } from "../support/matrix.ts";
import { canTrace, skipVisibly, systemCalls } from "../support/strace.ts";
import { rollback, setup, type Victim, victim } from "../support/victim.ts";
import { sample, workThrough } from "../support/workers.ts";

skipVisibly("failing system calls");

let subject: Victim;
let known: Undisturbed;
beforeAll(async () => {
  subject = await victim();
  known = await undisturbed(subject);
});
beforeEach(() => subject.renew());
afterAll(() => subject.close());

/** Codes that a command ended with, from the JSON on standard output and the text beside it. */
function codesOf({ stdout, stderr }: Ended): string[] {
  const all = `${stdout}\n${stderr}`;
  const found = all.matchAll(/"code":"([A-Z_]+)"|^✖ ([A-Z_]+)|testx explain ([A-Z_]+)/gm);
  return [...found].map(([, json, text, residue]) => json ?? text ?? residue ?? "");
}

/** It worked, or said why with a code of the catalogue; never a stack trace. */
function expectHonest(ended: Ended, about: string): void {
  const all = `${about}: exit ${ended.code} ${ended.signal}\n${ended.stderr}${ended.stdout.slice(-900)}`;
  expect(`${ended.stdout}${ended.stderr}`, all).not.toMatch(/\n\s+at .*[:(]/);
  expect([0, 1, 4, 5, 6], all).toContain(ended.code);
  if (ended.code === 0) return;
  const codes = codesOf(ended);
  expect(codes.length, all).toBeGreaterThan(0);
  for (const code of codes) expect(Object.keys(catalogue), all).toContain(code);
  expect(codes, all).not.toContain("BUG");
}

interface Injection {
  readonly command: "setup" | "rollback";
  readonly call: string;
  /** KILL, or an errno; with `+`: from then on, for good. */
  readonly what: string;
  /** Where in the command's own calls of this kind, 0 to 1. */
  readonly at: number;
}

const calls = [
  ...["openat", "write", "pwrite64", "pread64", "fsync", "ftruncate"],
  ...["mkdir", "rename", "link", "unlink", "fcntl", "newfstatat", "mmap", "read"],
];
/** What the loader, Node and its event loop cannot do without is not testx's to survive. */
const onlyOwnFiles = new Set(["mmap", "read", "newfstatat", "fcntl", "pread64"]);
const whats = ["KILL", "EIO", "ENOSPC", "EIO+", "ENOSPC+"];

describe.skipIf(!canTrace)("system calls that fail or kill", () => {
  it("end in a clear error, and the next run goes on", async () => {
    const random = seeded(seed());
    const all: Injection[] = calls.flatMap((call) =>
      whats.flatMap((what) =>
        (["setup", "rollback"] as const).flatMap((command) =>
          [0, 1, 2].map(() => ({ command, call, what, at: random() })),
        ),
      ),
    );
    const chosen = sample(all, budget(2, all.length), seed());
    const failures: string[] = [];
    let hit = 0;
    let aborted = 0;
    const started = performance.now();
    await workThrough(chosen, 2, tracer, async (own, injection: Injection) => {
      const about = `${injection.command}: ${injection.call} ${injection.what} at ${injection.at.toFixed(4)}`;
      try {
        const ended = await own.inject(injection);
        if (ended === undefined) return;
        hit++;
        // Node itself gives up when its own wake-up pipe cannot be written; no program can help it.
        if (ended.signal === "SIGABRT") aborted++;
        else if (ended.signal !== "SIGKILL") expectHonest(ended, about);
        await recovers(own.victim, known, about);
        await unwinds(own.victim, known, about);
      } catch (error) {
        failures.push(`${about}\n${error instanceof Error ? error.message : error}`);
      }
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `failing system calls: ${chosen.length} chosen of ${all.length}, ${hit} hit (${aborted} ended Node itself), ${failures.length} failed, in ${seconds} s, seed ${seed()}`,
    );
    expect(failures).toEqual([]);
  }, 1_800_000);
});

/** A victim whose calls have been counted, so that injections fall into what testx does itself. */
async function tracer() {
  const own = await victim();
  /** By command and call: how many there are before it touches the project, and how many in all. */
  const counts = new Map<string, { from: number; to: number }>();
  const count = async (command: Injection["command"]): Promise<void> => {
    const file = join(dirname(own.folder), "trace");
    const trace = `trace=${calls.join(",")}`;
    const under = ["strace", "-f", "-qq", "-y", "-s", "0", "-e", trace, "-o", file];
    expect((await own.run(command === "setup" ? setup : rollback, { under })).code).toBe(0);
    const text = readFileSync(file, "utf8");
    const main = /^\d+/.exec(text)?.[0] ?? "";
    const made = systemCalls(
      text
        .split("\n")
        .filter((line) => line.startsWith(main))
        .join("\n"),
    );
    for (const call of calls) {
      const same = made.filter(({ name }) => name === call);
      const from = same.findIndex(({ file }) => file.includes(own.folder));
      counts.set(`${command} ${call}`, { from: Math.max(0, from), to: same.length });
    }
  };
  await count("setup");
  await count("rollback");
  return {
    victim: own,
    close: () => own.close(),
    async inject({ command, call, what, at }: Injection): Promise<Ended | undefined> {
      await own.renew();
      if (command === "rollback") expect((await own.run(setup)).code).toBe(0);
      const { from, to } = counts.get(`${command} ${call}`)!;
      if (to <= from) return undefined;
      const nth = from + 1 + Math.floor(at * (to - from));
      const plus = what.endsWith("+") ? "+" : "";
      const how = what === "KILL" ? "signal=KILL" : `error=${what.replace("+", "")}`;
      const state = join(own.folder, ".testx");
      const files = ["", "/state.db", "/state.db-wal", "/state.db-shm", "/lock.db", "/key"];
      const paths = onlyOwnFiles.has(call)
        ? files.flatMap((file) => ["-P", `${state}${file}`])
        : [];
      // With the paths given only calls on them count.
      const when = paths.length > 0 ? 1 + Math.floor(at * 12) : nth;
      const inject = `inject=${call}:${how}:when=${when}${plus}`;
      const under = ["strace", "-f", "-qq", "-o", "/dev/null", ...paths];
      return own.run(command === "setup" ? setup : rollback, {
        under: [...under, "-e", `trace=${call}`, "-e", inject],
      });
    },
  };
}

describe("a state folder that cannot be used", () => {
  it("read-only: says so, sends no write, and goes on when it may", async () => {
    expect((await subject.run(setup)).code).toBe(0);
    const sent = (await subject.sandbox.log()).filter(({ write }) => write).length;
    const state = join(subject.folder, ".testx");
    // Root may write anywhere: then somebody else tries it.
    const asOther = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
    for (
      let folder = subject.folder;
      folder !== "/tmp" && folder !== "/";
      folder = dirname(folder)
    ) {
      if (asOther) chmodSync(folder, 0o755);
    }
    const modes = asOther ? [0o755, 0o644] : [0o555, 0o444];
    const files = ["state.db", "lock.db", "key"].map((name) => join(state, name));
    chmodSync(state, modes[0]!);
    for (const file of files) chmodSync(file, modes[1]!);
    for (const command of [setup, rollback]) {
      const ended = await subject.run(command, asOther ? { as: asOther } : {});
      expectHonest(ended, "read-only");
      expect(ended.code, ended.stdout).toBe(4);
      expect(codesOf(ended), ended.stdout).toContain("STATE_READ_ONLY");
    }
    expect((await subject.sandbox.log()).filter(({ write }) => write).length).toBe(sent);
    chmodSync(state, 0o700);
    for (const file of files) chmodSync(file, 0o600);
    if (asOther) for (const file of files) chownSync(file, 0, 0);
    await recovers(subject, known, "after read-only");
    await unwinds(subject, known, "after read-only");
  });

  it("files that may not grow, wherever that hits: told, nothing doubled", async () => {
    const kilobytes = sample([8, 20, 33, 40, 48, 60, 72, 90, 110, 140], budget(1, 10), seed());
    for (const limit of kilobytes) {
      await subject.renew();
      const under = ["bash", "-c", `ulimit -f ${limit}; exec "$@"`, "limited"];
      const ended = await subject.run(setup, { under });
      expectHonest(ended, `${limit} kB`);
      await recovers(subject, known, `after a limit of ${limit} kB`);
      await unwinds(subject, known, `after a limit of ${limit} kB`);
    }
  }, 300_000);

  const disk = fullDisk();
  it.skipIf(disk === undefined)(
    "a disk that is full: STATE_DISK_FULL, then on",
    async () => {
      for (const left of sample([0, 16, 40, 72, 100, 128, 160], budget(1, 7), seed())) {
        await subject.renew();
        const state = join(subject.folder, ".testx");
        disk!.mount(state);
        try {
          disk!.fill(state, left);
          const ended = await subject.run(setup);
          expectHonest(ended, `${left} kB left`);
          if (ended.code !== 0) expect(codesOf(ended)).toContain("STATE_DISK_FULL");
          disk!.empty(state);
          await recovers(subject, known, `after a full disk (${left} kB left)`);
          await unwinds(subject, known, `after a full disk (${left} kB left)`);
        } finally {
          disk!.unmount(state);
        }
      }
    },
    300_000,
  );
});

/** A small disk of its own, where this may be had. */
function fullDisk() {
  const run = (...line: string[]) => spawnSync(line[0]!, line.slice(1), { stdio: "ignore" }).status;
  if (process.getuid?.() !== 0) return undefined;
  const probe = "/tmp/testx-disk-probe";
  mkdirSync(probe, { recursive: true });
  const works = run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", probe) === 0;
  if (works) run("umount", probe);
  rmSync(probe, { recursive: true, force: true });
  if (!works) {
    console.warn("NOT TESTED: a full disk: nothing can be mounted here.");
    return undefined;
  }
  return {
    mount: (folder: string) => {
      mkdirSync(folder, { recursive: true });
      expect(run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder)).toBe(0);
    },
    fill: (folder: string, left: number) =>
      writeFileSync(join(folder, "ballast"), Buffer.alloc((2048 - left) * 1024)),
    empty: (folder: string) => rmSync(join(folder, "ballast")),
    unmount: (folder: string) => expect(run("umount", folder)).toBe(0),
  };
}

describe("a damaged state.db", () => {
  it("is told, nothing is sent, and the whole one goes on", async () => {
    const random = seeded(seed());
    const state = join(subject.folder, ".testx");
    // Killed in the middle, so that there is a log beside the file, and a write in the open.
    const kill = { at: "server", when: "applied", ...known.setup.writes.at(-3)! } as const;
    expect((await subject.run(setup, { kill })).signal).toBe("SIGKILL");
    const whole = join(dirname(subject.folder), "whole");
    cpSync(state, whole, { recursive: true });
    const before = await subject.sandbox.state();
    let told = 0;
    const cases = budget(2, 40);
    for (let at = 0; at < cases; at++) {
      const name = random() < 0.6 ? "state.db" : "state.db-wal";
      const file = join(state, name);
      if (!existsSync(file)) continue;
      const { size } = statSync(file);
      const place = Math.floor(random() * size);
      const cut = random() < 0.4;
      if (cut) truncateSync(file, place);
      else {
        const bytes = readFileSync(file);
        bytes[place]! ^= 1 << Math.floor(random() * 8);
        writeFileSync(file, bytes);
      }
      const about = `${name} ${cut ? "cut" : "flipped"} at ${place}, seed ${seed()}`;
      // It only looks: whatever it does after, the services are to be as they were.
      const ended = await subject.run(["integrations", "status", "--json"]);
      expectHonest(ended, about);
      if (ended.code !== 0) {
        told++;
        expect(codesOf(ended), about).toContain("JOURNAL_CORRUPT");
        const sent = (await subject.sandbox.log()).filter(({ write }) => write).length;
        const tried = await subject.run(setup);
        expectHonest(tried, about);
        expect(tried.code, about).toBe(4);
        expect((await subject.sandbox.log()).filter(({ write }) => write).length).toBe(sent);
      }
      expect(await subject.sandbox.state(), about).toBe(before);
      rmSync(state, { recursive: true });
      cpSync(whole, state, { recursive: true });
    }
    console.log(`damaged state.db: ${cases} cases, ${told} told, the others harmless`);
    await recovers(subject, known, "with the whole journal back");
    await unwinds(subject, known, "with the whole journal back");
  }, 180_000);
});
