import type { Fault } from "../sandbox/fault.ts";

/** Longer than any deadline. */
const tomorrow = String(24 * 60 * 60);

/** Every kind of fault that a service or the way to it can have. */
export const faults: Readonly<Record<string, Fault>> = {
  "reset before": { kind: "reset", when: "before" },
  "reset after": { kind: "reset", when: "after" },
  truncated: { kind: "truncate" },
  garbled: { kind: "garble" },
  "a web page": { kind: "html" },
  "400 with text": { kind: "status", status: 400, body: "Bad Request" },
  "401": { kind: "status", status: 401, body: { message: "Bad credentials" } },
  "403": { kind: "status", status: 403, body: { message: "Forbidden" } },
  "404": { kind: "status", status: 404, body: { message: "Not Found" } },
  "409": { kind: "status", status: 409, body: { message: "Conflict" } },
  "422": { kind: "status", status: 422, body: { message: "Validation Failed", errors: [] } },
  "429 at once": { kind: "status", status: 429, headers: { "retry-after": "0" }, body: {} },
  "429 for long": { kind: "status", status: 429, headers: { "retry-after": tomorrow }, body: {} },
  "500": { kind: "status", status: 500, body: { message: "Server Error" } },
  "502 with a page": { kind: "status", status: 502, body: "<html>Bad Gateway</html>" },
  "503 for long": { kind: "status", status: 503, headers: { "retry-after": tomorrow }, body: {} },
  redirect: { kind: "status", status: 307, headers: { location: "http://127.0.0.1:9/" } },
  "200 with nothing": { kind: "status", status: 200 },
  "200 with null": { kind: "status", status: 200, body: "null" },
  "200 with a list": { kind: "status", status: 200, body: [] },
  "200 with an empty object": { kind: "status", status: 200, body: {} },
};

/** Faults that end by the deadline only. */
export const silences: Readonly<Record<string, Fault>> = {
  "no headers": { kind: "stall", when: "headers" },
  "no headers after acting": { kind: "stall", when: "headers", applies: true },
  "half a body": { kind: "stall", when: "body" },
};

/** Faults after which nobody knows whether the service acted. */
export const lostReplies: Readonly<Record<string, Fault>> = {
  "reset after": faults["reset after"] as Fault,
  truncated: faults.truncated as Fault,
  garbled: faults.garbled as Fault,
};
