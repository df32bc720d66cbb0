import type { IncomingHttpHeaders } from "node:http";

const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Why a request is refused, or `undefined`. A page in a browser can reach a loopback port, under
 * a name of its own (DNS rebinding) or across origins; programs that mean the sandbox do neither.
 */
export function refusal(headers: IncomingHttpHeaders): string | undefined {
  const host = headers.host ?? "";
  if (!loopback.test(host)) return "the Host header must name this machine's loopback address";
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) {
    return "requests from other origins are refused";
  }
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    return "requests from other sites are refused";
  }
  return undefined;
}
