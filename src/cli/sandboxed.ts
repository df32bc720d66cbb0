import { join } from "node:path";
import { fail, TestxError } from "../core/failure.ts";
import type { Fetch } from "../core/http.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import type { AnyService } from "../sandbox/service.ts";

/** @param folder the sandbox's own state folder: `.testx/sandbox` */
export function accountsFile(folder: string): string {
  return join(folder, "accounts.db");
}

export interface OpenSandbox {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * The sandbox of a state folder: the server that is running on it (`testx sandbox start`), or
 * one of our own for as long as the command takes.
 */
export async function sandboxOf(
  folder: string,
  services: readonly AnyService[],
  pid: number,
  transport: () => Fetch & { close(): void },
): Promise<OpenSandbox> {
  const { startSandbox } = await import("../sandbox/server.ts");
  try {
    return await startSandbox({ services, stateFile: accountsFile(folder), pid });
  } catch (error) {
    const running = runningAt(error);
    if (running === undefined) throw error;
    const fetch = transport();
    try {
      return { environment: await environmentOf(running, fetch, error), async close() {} };
    } finally {
      fetch.close();
    }
  }
}

/** The address of the sandbox that has the accounts open. */
export function runningAt(error: unknown): string | undefined {
  if (!(error instanceof TestxError) || error.code !== "SANDBOX_STATE_LOCKED") return undefined;
  const url = error.failure.details?.url;
  return typeof url === "string" ? url : undefined;
}

async function environmentOf(
  url: string,
  fetch: Fetch,
  locked: unknown,
): Promise<Record<string, string>> {
  try {
    const reply = await fetch(`${url}/__sandbox/environment`);
    const value: unknown = await reply.json();
    if (reply.status === 200 && isObject(value)) return value as Record<string, string>;
  } catch {
    // It is just starting or just ending: then it counts as in use.
  }
  throw locked;
}

/** The contents of a `--seed` file. */
export async function readSeed(path: string): Promise<JsonObject> {
  const { readFile } = await import("node:fs/promises");
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    fail("SANDBOX_SEED_INVALID", `The seed ${path} cannot be read: ${why}.`, {}, error);
  }
  if (!isObject(value)) fail("SANDBOX_SEED_INVALID", `The seed ${path} is no JSON object.`);
  return value as JsonObject;
}
