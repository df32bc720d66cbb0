import type { LookupAddress } from "node:dns";
import type { LookupFunction, Socket } from "node:net";
import { getBuiltinModule } from "node:process";
import type { TLSSocket } from "node:tls";
import type { Fetch } from "../../core/http.ts";
import {
  type Handshake,
  type NetworkProbe,
  ProbeError,
  type ProbeLayer,
} from "../../core/probes.ts";
import { hostProblem } from "../../core/web-address.ts";
import { WireError, type WireFault } from "../../core/wire-error.ts";
import { systemClock } from "../clock.ts";
import { proxyStatus } from "../http/errors.ts";
import { guardedLookup, refusedCode } from "../http/lookup.ts";

export interface NetworkProbeOptions {
  readonly transport: Fetch;
  /** For each step of each probe. */
  readonly timeoutMs: number;
  /** In place of the system's; what it gives a connection is judged all the same. */
  readonly lookup?: LookupFunction;
}

/** For a name: where the first DNS server is dead, the system asks the next one after 5 s. */
const resolveMs = 11_000;

/**
 * Looks at the network layer by layer, with the same resolver and trust as every other call; never
 * connects to link-local and cloud metadata addresses.
 */
export function networkProbe(options: NetworkProbeOptions): NetworkProbe {
  const { transport, timeoutMs } = options;
  /** What names were found to lead to, and how long that took: it is not to be told of later layers. */
  const known = new Map<string, { readonly found: LookupAddress[]; readonly ms: number }>();
  const once: LookupFunction = (host, settings, done) => {
    const { found } = known.get(host) ?? {};
    const [first] = found ?? [];
    if (found === undefined || first === undefined) {
      const { lookup: system } = getBuiltinModule("node:dns");
      (options.lookup ?? (system as LookupFunction))(host, settings, done);
    } else if (settings.all) queueMicrotask(() => done(null, found));
    else queueMicrotask(() => done(null, first.address, first.family));
  };
  const lookup = guardedLookup(once);
  return {
    async resolve(host) {
      const { lookup } = getBuiltinModule("node:dns");
      const started = systemClock.monotonic();
      const late = timeout("dns", `${host} was not resolved`, resolveMs);
      try {
        const addresses = new Promise<LookupAddress[]>((resolve, reject) => {
          lookup(host, { all: true }, (error, all) => (error ? reject(error) : resolve(all)));
        });
        const found = await Promise.race([addresses, late.rejected]);
        known.set(host, { found, ms: systemClock.monotonic() - started });
        return found.map(({ address }) => address);
      } catch (error) {
        if (error instanceof ProbeError) throw error;
        throw new ProbeError("dns", codeOf(error), `${host} cannot be resolved`);
      } finally {
        late.clear();
      }
    },
    async connect(host, port) {
      const started = systemClock.monotonic();
      const socket = getBuiltinModule("node:net").connect({ host: allowed(host), port, lookup });
      await opened(socket, "connect", "tcp", `${host}:${port}`, timeoutMs);
      const address = socket.remoteAddress ?? host;
      socket.destroy();
      return { address, ms: systemClock.monotonic() - started };
    },
    async handshake(host, port) {
      const name = allowed(host);
      const { isIP } = getBuiltinModule("node:net");
      const socket = getBuiltinModule("node:tls").connect({
        ...{ host: name, port, lookup, rejectUnauthorized: false },
        ...(isIP(name) === 0 ? { servername: name } : {}),
      });
      await opened(socket, "secureConnect", "tls", `${host}:${port}`, timeoutMs);
      const seen = handshakeOf(socket);
      socket.destroy();
      return seen;
    },
    async ask(url) {
      const started = systemClock.monotonic();
      const { ms = 0 } = known.get(new URL(url).hostname) ?? {};
      const signal = AbortSignal.timeout(timeoutMs + Math.ceil(ms));
      try {
        const { status, headers } = await transport(url, { method: "GET", signal });
        const date = Date.parse(headers.get("date") ?? "");
        const type = headers.get("content-type");
        return {
          status,
          ms: systemClock.monotonic() - started,
          at: systemClock.now(),
          ...(Number.isNaN(date) ? {} : { date }),
          ...(type === null ? {} : { type }),
        };
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        if (error.fault === "aborted") {
          const { host } = new URL(url);
          throw new ProbeError("http", "ETIMEDOUT", `no answer from ${host} in ${timeoutMs} ms`);
        }
        const refused = proxyStatus(error.cause);
        const code = refused === undefined ? codeOf(error.cause) : `HTTP ${refused}`;
        throw new ProbeError(layers[error.fault] ?? "http", code, error.message);
      }
    },
  };
}

const layers: Partial<Record<WireFault, ProbeLayer>> = {
  dns: "dns",
  refused: "tcp",
  "connect-timeout": "tcp",
  proxy: "proxy",
  tls: "tls",
};

function opened(
  socket: Socket,
  event: "connect" | "secureConnect",
  layer: ProbeLayer,
  where: string,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.destroy();
      reject(new ProbeError(layer, "ETIMEDOUT", `no answer from ${where} in ${timeoutMs} ms`));
    }, timeoutMs);
    socket.once(event, () => {
      clearTimeout(late);
      resolve();
    });
    socket.on("error", (error) => {
      clearTimeout(late);
      socket.destroy();
      const code = codeOf(error);
      const at = layer === "tls" && tcpCodes.has(code) ? "tcp" : layer;
      const message = code === refusedCode ? error.message : `no connection to ${where}`;
      reject(new ProbeError(at, code, message));
    });
  });
}

const tcpCodes: ReadonlySet<string> = new Set([
  ...["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN", "EADDRNOTAVAIL"],
  refusedCode,
]);

function handshakeOf(socket: TLSSocket): Handshake {
  const { subject, issuer, valid_from, valid_to } = socket.getPeerCertificate();
  // The declared type is an Error; what OpenSSL gives is its code.
  const reason = socket.authorizationError as unknown;
  return {
    trusted: socket.authorized,
    ...(socket.authorized
      ? {}
      : { reason: reason instanceof Error ? codeOf(reason) : String(reason) }),
    validFrom: Date.parse(valid_from),
    validTo: Date.parse(valid_to),
    subject: nameOf(subject),
    issuer: nameOf(issuer),
  };
}

function nameOf(name: unknown): string {
  const { CN, O } = (name ?? {}) as { CN?: string; O?: string };
  return CN ?? O ?? "unnamed";
}

function timeout(layer: ProbeLayer, what: string, ms: number) {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new ProbeError(layer, "ETIMEDOUT", `${what} in ${ms} ms`));
  }, ms);
  return { rejected: promise, clear: () => clearTimeout(timer) };
}

/** Without brackets. Of an address nothing is looked up: it is judged here. */
function allowed(host: string): string {
  const problem = hostProblem(host);
  if (problem !== undefined) throw new ProbeError("tcp", refusedCode, `${host} ${problem}`);
  return host.replace(/^\[|\]$/g, "");
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "unknown";
  const { code, errors, cause } = error as { code?: unknown; errors?: unknown; cause?: unknown };
  if (typeof code === "string") return code;
  if (Array.isArray(errors)) return codeOf(errors[0]);
  return cause === undefined ? "unknown" : codeOf(cause);
}
