import { join } from "node:path";
import { fail, TestxError } from "../core/failure.ts";
import { isObject } from "../core/json.ts";
import type { AnyService } from "../core/stand-in.ts";
import { systemClock } from "../platform/clock.ts";
import { host } from "../platform/host.ts";
import type { RunningSandbox, SandboxOptions } from "../sandbox/server.ts";

export interface OpenSandbox {
  /** Everything that points testx at the stand-ins: base URLs, made-up tokens, ids. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts the sandbox of a state folder (`.testx/sandbox`), of which there may be one at a time.
 * `own`: the stand-ins that the project's providers bring.
 * @throws TestxError SANDBOX_STATE_LOCKED; see `runningAt`
 */
export async function startSandboxIn(
  folder: string,
  options: Pick<SandboxOptions, "port" | "seed"> = {},
  own: readonly AnyService[] = [],
): Promise<RunningSandbox> {
  const { startSandbox } = await import("../sandbox/server.ts");
  const { loadServices } = await import("../sandbox/services.ts");
  const stateFile = join(folder, "accounts.db");
  const services = [...(await loadServices()), ...own];
  return startSandbox({ ...options, services, stateFile, pid: host.pid });
}

/**
 * The sandbox of a state folder: the server that is running on it (`testx sandbox start`), or
 * one of our own until it is closed.
 */
export async function openSandbox(
  folder: string,
  own: readonly AnyService[] = [],
  looks = 30,
): Promise<OpenSandbox> {
  try {
    return await startSandboxIn(folder, {}, own);
  } catch (error) {
    if (!(error instanceof TestxError) || error.code !== "SANDBOX_STATE_LOCKED") throw error;
    const running = runningAt(error);
    const environment = running === undefined ? undefined : await environmentOf(running);
    if (running === undefined || environment === undefined) {
      // It is just starting or just ending: a moment later one or the other is over.
      if (looks === 0) throw error;
      await systemClock.sleep(100);
      return openSandbox(folder, own, looks - 1);
    }
    // Without these the real service would be asked.
    const absent = own.find((service) =>
      Object.keys(service.environment(running)).some((name) => environment[name] === undefined),
    );
    if (absent === undefined) return { environment, async close() {} };
    const message = `The sandbox that runs at ${running} has no ${absent.id}. Stop it and start it again.`;
    return fail("SANDBOX_STATE_LOCKED", message, {}, error);
  }
}

/** The address of the sandbox that has the accounts open. */
export function runningAt(error: unknown): string | undefined {
  if (!(error instanceof TestxError) || error.code !== "SANDBOX_STATE_LOCKED") return undefined;
  const url = error.failure.details?.url;
  return typeof url === "string" ? url : undefined;
}

async function environmentOf(url: string): Promise<Record<string, string> | undefined> {
  const { createTransport } = await import("../platform/http.ts");
  const fetch = createTransport();
  try {
    const reply = await fetch(`${url}/__sandbox/environment`);
    const value: unknown = await reply.json();
    if (reply.status === 200 && isObject(value)) return value as Record<string, string>;
  } catch {
    // Nobody answers there (yet, or any more).
  } finally {
    fetch.close();
  }
  return undefined;
}
