import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { RunEvent, RunFinished } from "../../src/core/events.ts";

export const root = join(import.meta.dirname, "../..");
const bin = join(root, "bin/testx.js");

export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The number of the user it runs as; left out: this process's. */
  readonly uid?: number | undefined;
  /** What the shell does that starts it; left out: no shell does. */
  readonly shell?: string | undefined;
  /** Told the child as soon as it runs. */
  readonly started?: (child: ChildProcess) => void;
}

/** Shared by all runs, as on a user's machine; apart from their own folders, which tests look into. */
const cache = join(root, "node_modules/.cache");

/** Runs the built testx as a child process, with nothing of this process's environment but PATH. */
export async function testx(args: readonly string[], options: CliOptions): Promise<Ended> {
  const { shell } = options;
  const words = [process.execPath, bin, ...args];
  const all = shell === undefined ? words : ["sh", "-c", `${shell}; exec "$@"`, "sh", ...words];
  const child = spawn(all[0] as string, all.slice(1), {
    cwd: options.cwd,
    env: {
      PATH: process.env.PATH,
      HOME: options.cwd,
      XDG_CACHE_HOME: cache,
      LANG: "C.UTF-8",
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
    ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  options.started?.(child);
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}

export function eventsOf({ stdout, stderr }: Ended): RunEvent[] {
  try {
    return stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent);
  } catch (error) {
    throw new Error(`standard output is no NDJSON:\n${stdout}\n${stderr}`, { cause: error });
  }
}

export function finishedOf(ended: Ended): RunFinished {
  const last = eventsOf(ended).at(-1);
  if (last?.type !== "run.finished") throw new Error(`the last line is ${JSON.stringify(last)}`);
  return last;
}
