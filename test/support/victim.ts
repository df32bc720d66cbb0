import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ChaosSandbox } from "./chaos-sandbox.ts";
import { type Ended, root } from "./cli.ts";

const bin = join(root, "bin/testx.js");
const killer = fileURLToPath(new URL("./killer.cjs", import.meta.url));

/** One request among those of a run: the nth that fits. */
export interface Aim {
  readonly service: string;
  readonly method: string;
  /** Regular expression on the path behind the service's prefix. */
  readonly path: string;
  readonly nth: number;
}

/** Where a run is killed (SIGKILL). */
export type KillOrder =
  /** At a record of the journal: before it is written, in the middle of it, or when it is durable. */
  | {
      readonly at: "record";
      readonly type: string;
      /** Left out for records of the whole run. */
      readonly step?: string;
      readonly when: "before" | "torn" | "after";
      /** What stays of a torn one, 0 to 1; below 0: all of it but for one sector there. */
      readonly cut?: number;
      readonly nth?: number;
    }
  /** At a request, seen from testx: before a byte of it leaves, when all has left, or when its reply was read. */
  | ({ readonly at: "request"; readonly when: "before" | "sent" | "reply" } & Aim)
  /** At a request, seen from the service: before it takes effect, or after and with no reply. */
  | ({ readonly at: "server"; readonly when: "arrived" | "applied" } & Aim)
  /** So many milliseconds after its start. */
  | { readonly at: "time"; readonly ms: number };

export interface VictimOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly kill?: KillOrder;
  /** Put before the command line: `["strace", …]`. */
  readonly under?: readonly string[];
  /** Another user to run as, where this process may do that. */
  readonly as?: { readonly uid: number; readonly gid: number };
  /** Told the child as soon as it runs. */
  readonly started?: (child: ChildProcess) => void;
}

/** A project folder with the default configuration, beside stand-ins in another process. */
export interface Victim {
  readonly folder: string;
  readonly sandbox: ChaosSandbox;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Runs the built testx there; `--json`, no input, and nobody to ask. */
  run(args: readonly string[], options?: VictimOptions): Promise<Ended>;
  /** A fresh folder, and accounts as they were at the beginning. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

/** Waits that tests have no time for; the stand-ins show at once what they have done. */
const impatient = { INTEGRATION_SETTLE_TIME: "0", INTEGRATION_RETRY_BASE_DELAY: "5" };

export const setup = ["integrations", "setup", "--json"];
export const rollback = ["rollback", "--json"];

export async function victim(): Promise<Victim> {
  const base = mkdtempSync(join(tmpdir(), "testx-chaos-"));
  const sandbox = await ChaosSandbox.start(join(base, "accounts.db"));
  let folder = "";
  let count = 0;
  const fresh = (): void => {
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
    folder = join(base, String(++count));
    cpSync(join(root, "config"), join(folder, "config"), { recursive: true });
  };
  fresh();
  const environment = { ...sandbox.environment, ...impatient };
  return {
    get folder() {
      return folder;
    },
    sandbox,
    environment,
    run: (args, options = {}) => run(args, options, folder, environment, sandbox),
    async renew() {
      fresh();
      await sandbox.reset();
    },
    async close() {
      await sandbox.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

async function run(
  args: readonly string[],
  options: VictimOptions,
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
  sandbox: ChaosSandbox,
): Promise<Ended> {
  const { kill, under = [] } = options;
  const inside = kill?.at === "record" || kill?.at === "request";
  const line = [...under, process.execPath, ...(inside ? ["--require", killer] : []), bin, ...args];
  const child = spawn(line[0]!, line.slice(1), {
    cwd,
    ...options.as,
    env: {
      ...{ PATH: process.env.PATH, HOME: cwd, LANG: "C.UTF-8" },
      ...environment,
      ...options.env,
      ...(inside ? { CHAOS_KILL: JSON.stringify(orderFor(kill)) } : {}),
      ...(inside ? { CHAOS_WAL: join(cwd, ".testx/state.db-wal") } : {}),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  options.started?.(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  let timer: NodeJS.Timeout | undefined;
  if (kill?.at === "time") timer = setTimeout(() => child.kill("SIGKILL"), kill.ms);
  if (kill?.at === "server") {
    const { service, method, path, nth, when } = kill;
    const fault = { kind: "stall", when: "headers", applies: when === "applied" } as const;
    sandbox.onHeld = () => child.kill("SIGKILL");
    await sandbox.setFaults([{ service, match: { method, path, nth }, fault }]);
  }
  const [code, signal] = await closed;
  clearTimeout(timer);
  if (kill?.at === "server") {
    sandbox.onHeld = () => {};
    await sandbox.setFaults([]);
  }
  return { code, signal, stdout, stderr };
}

/** The killer knows whole paths only. */
function orderFor(kill: KillOrder): KillOrder {
  if (kill.at !== "request") return kill;
  return { ...kill, path: kill.path.replace(/^\^/, `^/${kill.service}`) };
}
