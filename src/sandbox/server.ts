import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { failure, TestxError } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import { Accounts } from "./accounts.ts";
import { control } from "./control.ts";
import { type FaultRule, Faults, reaches } from "./fault.ts";
import { refusal } from "./guard.ts";
import type { LogEntry } from "./log.ts";
import { afterFault, send, sendFaulty } from "./reply.ts";
import type { AnyService, SandboxReply, SandboxRequest } from "./service.ts";
import { SandboxStore } from "./store.ts";

const maxBodyBytes = 64 * 1024 * 1024;
const defaultLogLimit = 10_000;

export interface SandboxOptions {
  readonly services: readonly AnyService[];
  /** Where the state is kept between processes; left out: in memory. One process at a time. */
  readonly stateFile?: string | undefined;
  /** 0 or left out: any free port. */
  readonly port?: number | undefined;
  /**
   * What the accounts look like at the beginning: by service id, merged into its initial state.
   * Another one than the stored accounts began with begins them anew.
   */
  readonly seed?: JsonObject | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined;
  /** How much later each request reaches its service. */
  readonly latencyMs?: number | undefined;
  /** How many requests the log keeps: 10,000 unless told. */
  readonly logLimit?: number | undefined;
  /** Told to other processes that find the state file in use. */
  readonly pid?: number | undefined;
}

export interface RunningSandbox {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Everything that points testx at the stand-ins: base URLs, made-up tokens, ids. */
  readonly environment: Readonly<Record<string, string>>;
  /** Canonical state: JSON text with sorted keys. */
  state(): string;
  /** The services' states as they are; a copy. */
  fullState(): Record<string, JsonObject>;
  log(): readonly LogEntry[];
  clearLog(): void;
  /**
   * Back to the beginning, or to another seed this once; empties the log and takes faults away.
   * @throws TestxError SANDBOX_SEED_INVALID
   */
  reset(seed?: JsonObject): void;
  setFaults(rules: readonly FaultRule[]): void;
  /** Open connections, for tests that nothing is left behind. */
  connections(): Promise<number>;
  /** Stores the state and closes every connection at once. */
  close(): Promise<void>;
}

/**
 * Starts the stand-ins on the loopback address. A reply is sent only when the state that it
 * speaks of is stored.
 * @throws TestxError SANDBOX_STATE_LOCKED, SANDBOX_STATE_UNREADABLE, SANDBOX_STATE_UNWRITABLE,
 * SANDBOX_SEED_INVALID, SANDBOX_PORT_UNAVAILABLE
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const logLimit = options.logLimit ?? defaultLogLimit;
  const now = options.now ?? Date.now;
  const store =
    options.stateFile === undefined ? undefined : new SandboxStore(options.stateFile, logLimit);
  try {
    const { services, seed } = options;
    const accounts = new Accounts({ services, store, seed, now, logLimit });
    const http = createServer();
    const url = await listen(http, options.port ?? 0);
    store?.announce(options.pid === undefined ? { url } : { url, pid: options.pid });
    return run({ accounts, http, url, services, now, store, latencyMs: options.latencyMs ?? 0 });
  } catch (error) {
    store?.close();
    throw error;
  }
}

interface Parts {
  readonly accounts: Accounts;
  readonly http: Server;
  readonly url: string;
  readonly services: readonly AnyService[];
  readonly now: () => number;
  readonly store: SandboxStore | undefined;
  readonly latencyMs: number;
}

function run({ accounts, http, url, services, now, store, latencyMs }: Parts): RunningSandbox {
  const faults = new Faults();
  const closing = new AbortController();
  const byId = new Map(services.map((service) => [service.id, service]));
  const environment: Record<string, string> = {};
  for (const service of services) {
    Object.assign(environment, service.environment(`${url}/${service.id}`));
  }

  const toService = async (
    service: AnyService,
    incoming: IncomingMessage,
    response: ServerResponse,
    request: SandboxRequest,
  ): Promise<void> => {
    const { method, path } = request;
    const { delayMs, fault } = faults.strike({ service: service.id, method, path });
    const late = latencyMs + delayMs;
    if (late > 0) await sleep(late, undefined, { signal: closing.signal });
    const served = reaches(fault);
    const own = served ? accounts.serve(service, request, `${url}/${service.id}`) : undefined;
    const reply = afterFault(own, fault);
    const silent = fault?.kind === "reset" || (fault?.kind === "stall" && fault.when === "headers");
    const requestId = request.headers["x-request-id"];
    accounts.record({
      at: now(),
      service: service.id,
      method,
      path,
      write: service.isWrite(request),
      ...(silent ? {} : { status: reply.status }),
      ...(requestId === undefined ? {} : { requestId }),
      served,
      ...(fault === undefined ? {} : { fault: fault.kind }),
    });
    await accounts.saved();
    if (fault === undefined) send(response, reply, now());
    else sendFaulty(incoming, response, reply, fault, now());
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refused = refusal(incoming.headers);
    if (refused !== undefined)
      return deny(incoming, response, { status: 403, body: { error: refused } }, now());
    const body = await read(incoming);
    if (body === undefined) {
      return deny(incoming, response, { status: 413, body: { error: "body too large" } }, now());
    }
    const target = new URL(incoming.url ?? "/", url);
    const method = incoming.method ?? "GET";
    const [, prefix = "", path = "/"] = /^\/([^/]*)(\/.*)?$/.exec(target.pathname) ?? [];
    if (prefix === "__sandbox") {
      const query = target.searchParams;
      const reply = await control({ accounts, faults, environment }, { method, path, query, body });
      return send(response, reply, now());
    }
    const service = byId.get(prefix);
    if (service === undefined) {
      return send(
        response,
        { status: 404, body: { error: "no such service", services: [...byId.keys()] } },
        now(),
      );
    }
    const headers = Object.fromEntries(
      Object.entries(incoming.headersDistinct).map(([name, values]) => [
        name,
        values?.join(", ") ?? "",
      ]),
    );
    await toService(service, incoming, response, {
      method,
      path,
      query: target.searchParams,
      headers,
      body,
    });
  };

  http.on("request", (incoming: IncomingMessage, response: ServerResponse) => {
    handle(incoming, response).catch((error: unknown) => {
      if (closing.signal.aborted || response.headersSent) return incoming.socket.destroy();
      const message = error instanceof Error ? error.message : String(error);
      send(response, { status: 500, body: { error: "sandbox_failed", message } }, now());
    });
  });

  return {
    url,
    environment,
    state: () => accounts.canonical(),
    fullState: () => accounts.full(),
    log: () => accounts.log.entries(),
    clearLog: () => accounts.clearLog(),
    reset: (seed) => {
      accounts.reset(seed);
      faults.set([]);
    },
    setFaults: (rules) => faults.set(rules),
    connections: () =>
      new Promise((resolve, reject) => {
        http.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    close: async () => {
      if (closing.signal.aborted) return;
      closing.abort();
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeAllConnections();
      await closed;
      try {
        accounts.save();
      } finally {
        store?.close();
      }
    },
  };
}

function listen(http: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    http.once("error", (cause) => {
      const message = `the sandbox cannot listen on port ${port}: ${cause.message}`;
      reject(new TestxError(failure("SANDBOX_PORT_UNAVAILABLE", message), { cause }));
    });
    http.listen(port, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
    });
  });
}

/** The whole body as text; `undefined` when it is larger than any service would take. */
async function read(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Answers without having read the request to its end; the connection is of no more use. */
function deny(
  incoming: IncomingMessage,
  response: ServerResponse,
  reply: SandboxReply,
  now: number,
): void {
  send(response, { ...reply, headers: { connection: "close" } }, now);
  response.once("finish", () => incoming.destroy());
}
