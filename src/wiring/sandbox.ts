import { join } from "node:path";
import { fail, TestxError } from "../core/failure.ts";
import { isObject } from "../core/json.ts";
import type { AnyService } from "../core/stand-in.ts";
import { systemClock } from "../platform/clock.ts";
import { host } from "../platform/host.ts";
import { readHolder, stateFileHeader } from "../sandbox/holder.ts";
import type { RunningSandbox, SandboxOptions } from "../sandbox/server.ts";

export interface OpenSandbox {
  /** Everything that points testx at the stand-ins: base URLs, made-up tokens, ids. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const accounts = "accounts.db";

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
  const stateFile = join(folder, accounts);
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
  const running = await runningOn(join(folder, accounts));
  if (running !== undefined) return joined(running, own);
  try {
    return await startSandboxIn(folder, {}, own);
  } catch (error) {
    if (!(error instanceof TestxError) || error.code !== "SANDBOX_STATE_LOCKED") throw error;
    // It is just starting or just ending: a moment later one or the other is over.
    if (looks === 0) throw error;
    await systemClock.sleep(100);
    return openSandbox(folder, own, looks - 1);
  }
}

interface Running {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stateFile: string | undefined;
}

/**
 * Asks before the file is tried, for which all stand-ins would have to be loaded. The note may be an
 * old one, and another sandbox listen there by now.
 */
async function runningOn(stateFile: string): Promise<Running | undefined> {
  const noted = readHolder(stateFile);
  const running = noted && (await askedAt(noted.url));
  return running?.stateFile === stateFile ? running : undefined;
}

function joined({ url, environment }: Running, own: readonly AnyService[]): OpenSandbox {
  // Without these the real service would be asked.
  const absent = own.find((service) =>
    Object.keys(service.environment(url)).some((name) => environment[name] === undefined),
  );
  if (absent === undefined) return { environment, async close() {} };
  const message = `The sandbox that runs at ${url} has no ${absent.id}. Stop it and start it again.`;
  return fail("SANDBOX_STATE_LOCKED", message);
}

/** The address of the sandbox that has the accounts open. */
export function runningAt(error: unknown): string | undefined {
  if (!(error instanceof TestxError) || error.code !== "SANDBOX_STATE_LOCKED") return undefined;
  const url = error.failure.details?.url;
  return typeof url === "string" ? url : undefined;
}

async function askedAt(url: string): Promise<Running | undefined> {
  const { createTransport } = await import("../platform/http.ts");
  const fetch = createTransport();
  try {
    const signal = AbortSignal.timeout(2_000);
    const reply = await fetch(`${url}/__sandbox/environment`, { signal });
    const value: unknown = await reply.json();
    if (reply.status !== 200 || !isObject(value)) return undefined;
    const file = reply.headers.get(stateFileHeader);
    const stateFile = file === null ? undefined : decodeURIComponent(file);
    return { url, environment: value as Record<string, string>, stateFile };
  } catch {
    // Nobody answers there (yet, or any more).
  } finally {
    fetch.close();
  }
  return undefined;
}
