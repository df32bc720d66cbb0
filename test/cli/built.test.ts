import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { RunEvent } from "../../src/core/events.ts";
import type { LogEntry } from "../../src/sandbox/log.ts";
import { folder, testx } from "./world.ts";

// The built program, as a process of its own: what only shows there.
const bin = resolve("bin/testx.js");
const node = process.execPath;

beforeAll(() => {
  if (!existsSync("dist/cli/main.cjs")) throw new Error("run `npm run build` first");
});

async function project(): Promise<string> {
  const cwd = folder();
  await testx("init --yes", { cwd });
  return cwd;
}

/** A clean environment: nothing of the machine's accounts, terminal or CI gets in. */
const env = { PATH: process.env.PATH ?? "", LANG: "C.UTF-8" };

function start(line: string, cwd: string) {
  const child = spawn(node, [bin, ...line.split(" ")], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const events: RunEvent[] = [];
  const listeners = new Set<() => void>();
  let err = "";
  child.stderr.on("data", (part) => {
    err += part;
  });
  createInterface({ input: child.stdout }).on("line", (text) => {
    events.push(JSON.parse(text));
    for (const listener of listeners) listener();
  });
  return {
    child,
    events,
    err: () => err,
    ended: ending(child),
    until: (type: string) =>
      new Promise<RunEvent>((resolve) => {
        const look = () => {
          const found = events.find((event) => event.type === type || type in event);
          if (found) resolve(found);
        };
        listeners.add(look);
        look();
      }),
  };
}

function ending(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("close", (code) => resolve(code)));
}

it("prints nothing but JSON on standard output, and the end last", async () => {
  const cwd = await project();
  const { ended, events, err } = start("setup --sandbox --json", cwd);
  expect(await ended).toBe(0);
  expect(err()).toBe("");
  expect(events[0]?.type).toBe("run.started");
  expect(events.at(-1)).toMatchObject({ type: "run.finished", outcome: "succeeded" });
  expect(events.filter(({ type }) => type === "run.finished")).toHaveLength(1);
});

it("does not mind a reader that has seen enough", async () => {
  const script = `set -o pipefail; "${node}" "${bin}" explain --list | head -n 1`;
  const { stdout, stderr } = await promisify(execFile)("bash", ["--norc", "-c", script], { env });
  expect(stderr).toBe("");
  expect(stdout.split("\n")).toHaveLength(2);
});

it.each(["--help", "setup --help", "setpu"])("%s loads commander, and no command", async (line) => {
  const watch = `process.argv = [process.argv[0], ${JSON.stringify(bin)}, ...${JSON.stringify(line.split(" "))}];
    process.once("exit", () => process.stderr.write("\\n" + JSON.stringify(Object.keys(require.cache))));
    require(${JSON.stringify(bin)});`;
  // What is loaded past `require` is not among its modules.
  const plain = { ...env, NODE_DISABLE_COMPILE_CACHE: "1" };
  const { stderr } = await promisify(execFile)(node, ["-e", watch], { env: plain }).catch(
    (error) => error,
  );
  const loaded = (JSON.parse(stderr.split("\n").at(-1)) as string[]).map((file) => basename(file));
  expect(loaded.includes("main.cjs")).toBe(line !== "--help");
  for (const part of ["project", "config", "provider", "live", "engine", "calls", "prompts"]) {
    expect(loaded.filter((name) => name.startsWith(part))).toEqual([]);
  }
});

describe("a signal", () => {
  /** A sandbox whose GitHub takes its time, so that there is something to interrupt. */
  async function slow(cwd: string) {
    const sandbox = start("sandbox start --json", cwd);
    const { url } = (await sandbox.until("url")) as unknown as { url: string };
    const fault = {
      service: "github",
      match: { method: "POST" },
      fault: { kind: "delay", ms: 400 },
    };
    await fetch(`${url}/__sandbox/faults`, { method: "POST", body: JSON.stringify([fault]) });
    /** Until the service has seen every write that was under way when `run` stopped. */
    const settled = async (run: ReturnType<typeof start>): Promise<void> => {
      const unknown = run.events.flatMap((event) =>
        event.type === "call.finished" && event.outcome === "unknown" ? [event.requestId] : [],
      );
      await vi.waitFor(async () => {
        const log = (await (await fetch(`${url}/__sandbox/log`)).json()) as LogEntry[];
        expect(log.map(({ requestId }) => requestId)).toEqual(expect.arrayContaining(unknown));
      }, 5000);
    };
    return { ...sandbox, settled };
  }
  const writing = async (run: ReturnType<typeof start>) => {
    await new Promise<void>((resolve) => {
      const look = setInterval(() => {
        const begun = run.events.some(
          (event) => event.type === "step.started" && event.step.startsWith("github."),
        );
        if (begun) {
          clearInterval(look);
          resolve();
        }
      }, 5);
    });
  };

  it.each(["SIGINT", "SIGTERM"] as const)(
    "%s stops in good order, and the next run goes on",
    async (signal) => {
      const cwd = await project();
      const sandbox = await slow(cwd);
      const run = start("setup --sandbox --json", cwd);
      await writing(run);
      run.child.kill(signal);
      expect(await run.ended).toBe(130);
      expect(run.events.at(-1)).toMatchObject({ type: "run.finished", outcome: "interrupted" });
      expect(run.err()).toBe("");

      await sandbox.settled(run);
      const next = start("setup --sandbox --json", cwd);
      expect(await next.ended).toBe(0);
      expect(next.events[0]).toMatchObject({ type: "run.started", resumed: true });
      expect(next.events.at(-1)).toMatchObject({ outcome: "succeeded" });
      sandbox.child.kill("SIGINT");
      expect(await sandbox.ended).toBe(0);
    },
  );

  it("twice ends at once, and still says so in the last line", async () => {
    const cwd = await project();
    const run = start("setup --sandbox --json", cwd);
    await run.until("run.started");
    run.child.kill("SIGINT");
    run.child.kill("SIGTERM");
    expect(await run.ended).toBe(130);
    expect(run.events.at(-1)).toMatchObject({ type: "run.finished", outcome: "interrupted" });
    expect(run.events.filter(({ type }) => type === "run.finished")).toHaveLength(1);
    const next = start("setup --sandbox --json", cwd);
    expect(await next.ended).toBe(0);
    expect(next.events.at(-1)).toMatchObject({ outcome: "succeeded" });
  });
});
