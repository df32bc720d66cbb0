import type { FetchInit, HeadersLike } from "../../core/http.ts";
import { WireError } from "../../core/wire-error.ts";

/** The body as it goes on the wire. Throws `WireError` for kinds that testx never sends. */
export function bodyBytes(body: FetchInit["body"]): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new WireError("invalid", "a body of this kind cannot be sent", { sent: false });
}

/** Request headers as a record, with the defaults that a fetch adds, for the bytes to be sent. */
export function requestHeaders(
  given: HeadersLike | undefined,
  body: FetchInit["body"],
  bytes: string | Uint8Array | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {
    "accept-encoding": "gzip, deflate, br",
    "user-agent": "testx",
    accept: "*/*",
  };
  if (typeof body === "string") headers["content-type"] = "text/plain;charset=UTF-8";
  else if (body instanceof URLSearchParams) {
    headers["content-type"] = "application/x-www-form-urlencoded;charset=UTF-8";
  }
  if (given !== undefined) {
    const entries = Symbol.iterator in given ? given : Object.entries(given);
    for (const [name, value] of entries as Iterable<readonly [string, unknown]>) {
      if (value !== undefined) headers[name.toLowerCase()] = String(value);
    }
  }
  // Node gives a body no length with GET and DELETE: it would be read as the next request.
  if (bytes !== undefined) headers["content-length"] = String(Buffer.byteLength(bytes));
  return headers;
}
