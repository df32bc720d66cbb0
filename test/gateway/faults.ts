import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { Outcome } from "../../src/core/failure.ts";
import { type RawRequest, rawReply } from "../support/fault-server.ts";
import type { Kind } from "./sdks.ts";

/** Requests on the wire, how it ends, and the failure's code or the status of the SDK's error. */
export type Expected = readonly [requests: number, end: Outcome, what?: string | number];

export interface Fault {
  readonly name: string;
  readonly serve?: (socket: Socket, request: RawRequest) => void;
  readonly accept?: (socket: Socket) => boolean;
  /** Instead of the server's own address. */
  readonly url?: string;
  readonly expected: Readonly<Record<Kind, Expected>>;
  /** The whole deadline is used up. */
  readonly late?: true;
  /** The client must hang up by itself. */
  readonly cut?: true;
}

export const deadlineMs = 300;
export const largest = 64 * 1024;

const body = JSON.stringify({
  ok: true,
  object: "list",
  results: [],
  names: [],
  padding: "x".repeat(500),
});
const good = rawReply(200, body);
const always = (expected: Expected) => ({ read: expected, put: expected, create: expected });
/** Three attempts where doing it twice is harmless, one where it is not. */
const careful = (outcome: Outcome, what: string | number) => ({
  read: [3, outcome, what] as const,
  put: [3, outcome, what] as const,
  create: [1, outcome, what] as const,
});
const answer = (bytes: Buffer) => (socket: Socket) => socket.write(bytes);
const error = JSON.stringify({ ok: false, object: "error", message: "no", code: "x", status: 0 });

/** Bytes until the client hangs up. */
function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write(" "), 20);
  socket.on("close", () => clearInterval(timer));
}

export const faults: readonly Fault[] = [
  { name: "none", serve: answer(good), expected: always([1, "applied"]) },
  {
    name: "slow",
    serve: (socket) => setTimeout(() => socket.write(good), 100),
    expected: always([1, "applied"]),
  },
  {
    name: "refused",
    url: "http://127.0.0.1:9",
    expected: always([0, "not-applied", "GATEWAY_REFUSED"]),
  },
  {
    name: "name unknown",
    url: `http://${"x".repeat(64)}.invalid`,
    expected: always([0, "not-applied", "GATEWAY_DNS"]),
  },
  {
    name: "closed on accept",
    accept: (socket) => {
      socket.destroy();
      return false;
    },
    expected: {
      read: [0, "unknown", "GATEWAY_RESET"],
      put: [0, "unknown", "GATEWAY_RESET"],
      create: [0, "unknown", "GATEWAY_RESET"],
    },
  },
  {
    name: "reset, no reply",
    serve: (socket) => socket.resetAndDestroy(),
    expected: careful("unknown", "GATEWAY_RESET"),
  },
  {
    // The server has done it by then: the reply is on its way.
    name: "reset in the reply",
    serve: (socket) =>
      socket.write(good.subarray(0, good.length - 100), () => socket.resetAndDestroy()),
    expected: careful("unknown", "GATEWAY_RESET"),
  },
  {
    name: "reset once",
    serve: (socket, { nth }) => (nth === 1 ? socket.resetAndDestroy() : socket.write(good)),
    expected: {
      read: [2, "applied"],
      put: [2, "applied"],
      create: [1, "unknown", "GATEWAY_RESET"],
    },
  },
  {
    name: "closed, no reply",
    serve: (socket) => socket.end(),
    expected: careful("unknown", "GATEWAY_RESET"),
  },
  {
    name: "stalled head",
    serve: () => undefined,
    expected: always([1, "unknown", "GATEWAY_TIMEOUT"]),
    late: true,
  },
  {
    name: "stalled body",
    serve: answer(good.subarray(0, good.length - 100)),
    expected: always([1, "unknown", "GATEWAY_TIMEOUT"]),
    late: true,
  },
  {
    name: "dripping body",
    serve: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n");
      drip(socket);
    },
    expected: always([1, "unknown", "GATEWAY_TIMEOUT"]),
    late: true,
  },
  {
    name: "dripping head",
    serve: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nx-slow:");
      drip(socket);
    },
    expected: always([1, "unknown", "GATEWAY_TIMEOUT"]),
    late: true,
  },
  {
    name: "truncated",
    serve: (socket) => socket.end(good.subarray(0, good.length - 100)),
    expected: careful("unknown", "GATEWAY_RESET"),
  },
  {
    name: "truncated chunked",
    serve: (socket) =>
      socket.end(
        `HTTP/1.1 201 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`,
      ),
    expected: careful("unknown", "GATEWAY_RESET"),
  },
  {
    name: "truncated, no length",
    serve: (socket) =>
      socket.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n${body.slice(0, -100)}`,
      ),
    expected: careful("unknown", "GATEWAY_UNREADABLE"),
  },
  {
    name: "truncated gzip",
    serve: answer(rawReply(200, gzipSync(body).subarray(0, -9), { "content-encoding": "gzip" })),
    expected: careful("unknown", "GATEWAY_UNREADABLE"),
  },
  {
    name: "garbled JSON",
    serve: answer(rawReply(201, body.slice(0, -1))),
    expected: careful("unknown", "GATEWAY_UNREADABLE"),
  },
  {
    name: "empty 200",
    serve: answer(rawReply(200, "")),
    expected: careful("unknown", "GATEWAY_UNREADABLE"),
  },
  {
    name: "200 with HTML",
    serve: answer(rawReply(200, "<html>Log in</html>", { "content-type": "text/html" })),
    expected: careful("unknown", "GATEWAY_UNREADABLE"),
  },
  {
    name: "not HTTP",
    serve: (socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n"),
    expected: careful("unknown", "GATEWAY_RESET"),
  },
  {
    name: "too large",
    serve: answer(Buffer.concat([rawReply(200, "", { "content-length": "9999999" })])),
    expected: always([1, "unknown", "GATEWAY_TOO_LARGE"]),
    cut: true,
  },
  {
    name: "gzip bomb",
    serve: answer(
      rawReply(200, gzipSync(Buffer.alloc(8 * 1024 * 1024)), { "content-encoding": "gzip" }),
    ),
    expected: always([1, "unknown", "GATEWAY_TOO_LARGE"]),
  },
  {
    name: "429, wait 0 s",
    serve: (socket, { nth }) =>
      socket.write(nth === 1 ? rawReply(429, error, { "retry-after": "0" }) : good),
    expected: always([2, "applied"]),
  },
  {
    name: "429, wait 60 s",
    serve: answer(rawReply(429, error, { "retry-after": "60" })),
    expected: always([1, "not-applied", "GATEWAY_RATE_LIMITED"]),
  },
  {
    name: "429, wait until",
    serve: (socket) =>
      socket.write(
        rawReply(429, error, { "retry-after": new Date(Date.now() + 60_000).toUTCString() }),
      ),
    expected: always([1, "not-applied", "GATEWAY_RATE_LIMITED"]),
  },
  {
    name: "429 for ever",
    serve: answer(rawReply(429, "slow down")),
    expected: always([3, "not-applied", "GATEWAY_RATE_LIMITED"]),
  },
  {
    name: "403, quota spent",
    serve: (socket) =>
      socket.write(
        rawReply(403, error, {
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": String(Math.ceil(Date.now() / 1000) + 60),
        }),
      ),
    expected: always([1, "not-applied", "GATEWAY_RATE_LIMITED"]),
  },
  {
    name: "503 twice",
    serve: (socket, { nth }) => socket.write(nth < 3 ? rawReply(503, error) : good),
    expected: { read: [3, "applied"], put: [3, "applied"], create: [1, "unknown", 503] },
  },
  {
    name: "500 for ever",
    serve: answer(rawReply(500, error)),
    expected: careful("unknown", 500),
  },
  {
    name: "502 with HTML",
    serve: answer(rawReply(502, "<html>Bad gateway</html>", { "content-type": "text/html" })),
    expected: careful("unknown", "GATEWAY_UNAVAILABLE"),
  },
  {
    name: "reset, then 422",
    serve: (socket, { nth }) =>
      nth === 1 ? socket.resetAndDestroy() : socket.write(rawReply(422, error)),
    expected: {
      read: [2, "not-applied", 422],
      put: [2, "unknown", "GATEWAY_UNSURE"],
      create: [1, "unknown", "GATEWAY_RESET"],
    },
  },
  {
    name: "500, then 429",
    serve: (socket, { nth }) =>
      socket.write(nth === 1 ? rawReply(500, error) : rawReply(429, error, { "retry-after": "9" })),
    expected: {
      read: [2, "unknown", "GATEWAY_RATE_LIMITED"],
      put: [2, "unknown", "GATEWAY_RATE_LIMITED"],
      create: [1, "unknown", 500],
    },
  },
  {
    name: "404",
    serve: answer(rawReply(404, error)),
    expected: always([1, "not-applied", 404]),
  },
  {
    name: "301",
    serve: answer(rawReply(301, error, { location: "http://127.0.0.1:9/elsewhere?signature=x" })),
    expected: always([1, "not-applied", "GATEWAY_REDIRECTED"]),
  },
  {
    name: "307",
    serve: answer(rawReply(307, "", { location: "http://127.0.0.1:9/elsewhere" })),
    expected: always([1, "not-applied", "GATEWAY_REDIRECTED"]),
  },
];
