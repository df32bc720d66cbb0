import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getBuiltinModule } from "node:process";
import { failure, TestxError } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { AnyService } from "../core/stand-in.ts";
import { Accounts } from "./accounts.ts";
import { type Aimed, type FaultRule, Faults } from "./fault.ts";
import type { LogEntry } from "./log.ts";
import { requestHandler } from "./requests.ts";
import { SandboxStore } from "./store.ts";

const defaultLogLimit = 10_000;

/** Which stand-ins are started, and how. */
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
  /** Keeps what was there before each write, until a reset, for reads that lag behind. */
  readonly history?: boolean | undefined;
  /** Told to other processes that find the state file in use. */
  readonly pid?: number | undefined;
}

/** A sandbox that listens. */
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
  /** What befalls the request with this `X-Request-ID`, once, in place of every other fault. */
  aim(requestId: string, aimed: Aimed): void;
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
  const { services, stateFile, seed, now = Date.now, logLimit = defaultLogLimit } = options;
  const { history = false } = options;
  const store = stateFile === undefined ? undefined : new SandboxStore(stateFile, logLimit);
  try {
    const accounts = new Accounts({ services, store, seed, now, logLimit, history });
    // An `import` of node:http also loads what its other exports need, undici among them.
    const http = getBuiltinModule("node:http").createServer();
    // Longer than any client keeps an idle connection, so that it is the one to close it.
    http.keepAliveTimeout = 60_000;
    const url = await listen(http, options.port ?? 0);
    store?.announce(options.pid === undefined ? { url } : { url, pid: options.pid });
    return run({ accounts, http, url, store, options });
  } catch (error) {
    store?.close();
    throw error;
  }
}

interface Parts {
  readonly accounts: Accounts;
  readonly http: Server;
  readonly url: string;
  readonly store: SandboxStore | undefined;
  readonly options: SandboxOptions;
}

function run({ accounts, http, url, store, options }: Parts): RunningSandbox {
  const { services, now = Date.now, latencyMs = 0 } = options;
  const faults = new Faults();
  const closing = new AbortController();
  const environment: Record<string, string> = {};
  for (const service of services) {
    Object.assign(environment, service.environment(`${url}/${service.id}`));
  }
  const { signal } = closing;
  http.on(
    "request",
    requestHandler({
      accounts,
      faults,
      services,
      environment,
      stateFile: options.stateFile,
      url,
      now,
      latencyMs,
      closing: signal,
    }),
  );
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
    aim: (requestId, aimed) => faults.aim(requestId, aimed),
    connections: () =>
      new Promise((resolve, reject) => {
        http.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    close: async () => {
      if (signal.aborted) return;
      closing.abort();
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeAllConnections();
      await closed;
      try {
        accounts.saveAll();
      } finally {
        store?.close();
      }
    },
  };
}

function listen(http: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    http.once("error", (cause) => {
      const message = `The sandbox cannot listen on port ${port}: ${cause.message}`;
      reject(new TestxError(failure("SANDBOX_PORT_UNAVAILABLE", message), { cause }));
    });
    http.listen(port, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
    });
  });
}
