import { WireError, type WireFault } from "../../core/wire-error.ts";
import { refusedCode } from "./lookup.ts";

interface Circumstances {
  readonly url: URL;
  readonly secure: boolean;
  readonly sent: boolean;
  readonly status: number | undefined;
}

const refused: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "EACCES",
  "EPERM",
]);
const dns: ReadonlySet<string> = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA"]);
/** Lost on the way rather than refused for what the certificate says: worth another try. */
const lost: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED", "ETIMEDOUT"]);

/** Sorts what a socket or Node's HTTP client reports. */
export function fromSocketError(cause: unknown, at: Circumstances): WireError {
  const code = codeOf(cause);
  const { fault, what } = sort(code, at, cause);
  const message = code === undefined || fault === "forbidden" ? what : `${what} (${code})`;
  const sent = at.sent && fault !== "forbidden";
  return new WireError(fault, message, { sent, status: at.status, cause });
}

function sort(
  code: string | undefined,
  at: Circumstances,
  cause: unknown,
): { fault: WireFault; what: string } {
  const { host } = at.url;
  if (code === refusedCode) {
    const what = `${at.url.hostname} leads to a link-local or cloud metadata address`;
    return { fault: "forbidden", what };
  }
  if (code?.startsWith("ERR_PROXY")) {
    return { fault: "proxy", what: `the proxy ${proxySaid(cause)} instead of leading to ${host}` };
  }
  if (code?.startsWith("HPE_")) {
    return { fault: "reset", what: `the reply of ${host} is not valid HTTP` };
  }
  // TLS 1.3 says only now what it thinks of the certificate that it was not given.
  if (/_ALERT_.*CERTIFICATE/.test(code ?? "")) {
    return { fault: "tls", what: `no secure connection to ${host}` };
  }
  if (at.sent) return { fault: "reset", what: `the connection to ${host} was cut` };
  if (code !== undefined && dns.has(code)) {
    return { fault: "dns", what: `${at.url.hostname} cannot be resolved` };
  }
  if (code !== undefined && refused.has(code)) {
    return { fault: "refused", what: `no connection to ${host}` };
  }
  if (code === "ETIMEDOUT") return { fault: "connect-timeout", what: `no connection to ${host}` };
  if (at.secure && code !== undefined && !lost.has(code)) {
    return { fault: "tls", what: `no secure connection to ${host}` };
  }
  return { fault: "reset", what: `the connection to ${host} was closed while it was made` };
}

/** The status with which a proxy refused a connection, as Node.js gives it. */
export function proxyStatus(cause: unknown): number | undefined {
  const { code, statusCode } = (cause ?? {}) as { code?: unknown; statusCode?: unknown };
  return code === "ERR_PROXY_TUNNEL" && typeof statusCode === "number" ? statusCode : undefined;
}

function proxySaid(cause: unknown): string {
  const status = proxyStatus(cause);
  if (status !== undefined) return `answered HTTP ${status}`;
  const late = (cause as { proxyTunnelTimeout?: unknown }).proxyTunnelTimeout !== undefined;
  return late ? "gave no answer" : "closed the connection";
}

function codeOf(cause: unknown): string | undefined {
  if (typeof cause !== "object" || cause === null) return undefined;
  const { code, errors } = cause as { code?: unknown; errors?: unknown };
  if (typeof code === "string") return code;
  return Array.isArray(errors) ? codeOf(errors[0]) : undefined;
}
