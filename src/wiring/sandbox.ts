import { join } from "node:path";
import { TestxError } from "../core/failure.ts";
import { isObject } from "../core/json.ts";
import { host } from "../platform/host.ts";
import type { RunningSandbox, SandboxOptions } from "../sandbox/server.ts";

export interface OpenSandbox {
  /** Everything that points testx at the stand-ins: base URLs, made-up tokens, ids. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts the sandbox of a state folder (`.testx/sandbox`), of which there may be one at a time.
 * @throws TestxError SANDBOX_STATE_LOCKED; see `runningAt`
 */
export async function startSandboxIn(
  folder: string,
  options: Pick<SandboxOptions, "port" | "seed"> = {},
): Promise<RunningSandbox> {
  const { startSandbox } = await import("../sandbox/server.ts");
  const { loadServices } = await import("../sandbox/services.ts");
  const stateFile = join(folder, "accounts.db");
  return startSandbox({ ...options, services: await loadServices(), stateFile, pid: host.pid });
}

/**
 * The sandbox of a state folder: the server that is running on it (`testx sandbox start`), or
 * one of our own until it is closed.
 */
export async function openSandbox(folder: string): Promise<OpenSandbox> {
  try {
    return await startSandboxIn(folder);
  } catch (error) {
    const running = runningAt(error);
    if (running === undefined) throw error;
    return { environment: await environmentOf(running, error), async close() {} };
  }
}

/** The address of the sandbox that has the accounts open. */
export function runningAt(error: unknown): string | undefined {
  if (!(error instanceof TestxError) || error.code !== "SANDBOX_STATE_LOCKED") return undefined;
  const url = error.failure.details?.url;
  return typeof url === "string" ? url : undefined;
}

async function environmentOf(url: string, locked: unknown): Promise<Record<string, string>> {
  const { createTransport } = await import("../platform/http.ts");
  const fetch = createTransport();
  try {
    const reply = await fetch(`${url}/__sandbox/environment`);
    const value: unknown = await reply.json();
    if (reply.status === 200 && isObject(value)) return value as Record<string, string>;
  } catch {
    // It is just starting or just ending: then it counts as in use.
  } finally {
    fetch.close();
  }
  throw locked;
}
