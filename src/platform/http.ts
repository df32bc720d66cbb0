import type { Agent as HttpAgent, ProxyEnv, RequestOptions } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";
import { getBuiltinModule } from "node:process";
import { usesEnvProxy } from "../core/env-proxy.ts";
import type { Fetch } from "../core/http.ts";
import { isLoopback, isMetadataHost } from "../core/web-address.ts";
import { WireError } from "../core/wire-error.ts";
import { bodyBytes, requestHeaders } from "./http/body.ts";
import { exchange } from "./http/exchange.ts";
import { guardedLookup } from "./http/lookup.ts";

// An `import` of node:http also loads what its other exports need, undici among them, at about
// ten times the cost.
const http = getBuiltinModule("node:http");

export interface TransportOptions {
  /** How long a connection may take, TLS included, in ms, unless the call says. Default 10,000. */
  readonly connectMs?: number;
  /** The largest body that is read, before and after decoding, in bytes. Default 10 MiB. */
  readonly maxBytes?: number;
  /** How long an unused connection is kept, in ms. Default 4,000: short, because one that the
   * server closes at the same moment makes the outcome of a write unknown. */
  readonly idleMs?: number;
  /**
   * The environment, for proxies: HTTPS_PROXY, HTTP_PROXY and NO_PROXY count when
   * NODE_USE_ENV_PROXY is 1 or NODE_OPTIONS has --use-env-proxy, as in Node itself. Loopback
   * addresses are never proxied.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** In place of the system's name resolution; what it gives is judged all the same. */
  readonly lookup?: LookupFunction;
  /** Further certificate authorities (PEM). The default ones count only when this is left out. */
  readonly ca?: string;
}

export interface Transport extends Fetch {
  /** Closes every connection; what is under way fails. */
  close(): void;
}

const defaults = { connectMs: 10_000, maxBytes: 10 * 1024 * 1024, idleMs: 4_000 };

/**
 * A small fetch on Node's HTTP client with kept-alive connections. The reply's body is read
 * whole before it resolves; redirects are never followed. Never connects to link-local and cloud
 * metadata addresses, whatever name leads there. Throws `WireError`.
 */
export function createTransport(options: TransportOptions = {}): Transport {
  const limits = { ...defaults, ...options };
  const agents = new Map<string, HttpAgent | HttpsAgent>();
  const lookup = guardedLookup(options.lookup);
  let closed = false;

  const agentFor = (url: URL): HttpAgent | HttpsAgent => {
    const proxied = usesEnvProxy(options.env ?? {}) && !isLoopback(url.hostname);
    const key = `${url.protocol}${proxied}`;
    const known = agents.get(key);
    if (known !== undefined) return known;
    const settings = {
      keepAlive: true,
      scheduling: "lifo" as const,
      timeout: limits.idleMs,
      ...(proxied && { proxyEnv: options.env as ProxyEnv }),
      // A proxy resolves the names itself.
      ...(!proxied && { lookup }),
      ...(options.ca !== undefined && { ca: options.ca }),
    };
    try {
      const agent =
        url.protocol === "https:"
          ? new (getBuiltinModule("node:https").Agent)(settings)
          : new http.Agent(settings);
      agents.set(key, agent);
      return agent;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ERR_PROXY_INVALID_CONFIG") throw cause;
      const message = "the environment names a proxy with an address that cannot be used";
      throw new WireError("proxy", message, { sent: false, cause });
    }
  };

  const transport: Fetch = async (address, init = {}) => {
    if (closed) throw new WireError("invalid", "the transport is closed", { sent: false });
    const url = parse(address);
    const body = bodyBytes(init.body);
    const request: RequestOptions = {
      agent: agentFor(url),
      method: init.method?.toUpperCase() ?? "GET",
      headers: requestHeaders(init.headers, init.body, body),
    };
    const secure = url.protocol === "https:";
    return exchange({
      start: (onReply) =>
        secure
          ? getBuiltinModule("node:https").request(url, request, onReply)
          : http.request(url, request, onReply),
      url,
      secure,
      body,
      init,
      connectMs: init.connectMs ?? limits.connectMs,
      maxBytes: limits.maxBytes,
    });
  };

  const close = () => {
    closed = true;
    for (const agent of agents.values()) agent.destroy();
  };
  return Object.assign(transport, { close });
}

function parse(address: string | URL): URL {
  const text = String(address);
  const url = URL.parse(text) ?? undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") {
    if (!isMetadataHost(url.hostname)) return url;
    const message = `${url.hostname} is a link-local or cloud metadata address`;
    throw new WireError("forbidden", message, { sent: false });
  }
  throw new WireError("invalid", `not an http or https address: ${describe(text, url)}`, {
    sent: false,
  });
}

/** Without what may hide a secret: user, password, query. */
function describe(address: string, url: URL | undefined): string {
  return url === undefined ? address.slice(0, 40) : `${url.protocol}//${url.host}`;
}
