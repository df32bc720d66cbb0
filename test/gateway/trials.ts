import type { Socket } from "node:net";
import type { Outcome } from "../../src/core/failure.ts";
import { RecordHeaders } from "../../src/core/reply.ts";
import { rawReply } from "../support/fault-server.ts";
import type { SentOperation } from "../support/operations.ts";

/** All ends by the deadline where the service falls silent; elsewhere only a slow machine needs it. */
export const deadlineOf = ({ silent }: Pick<Trial, "silent">): number => (silent ? 400 : 10_000);

/** read: changes nothing. put: may be done twice. create: must not. */
export type OperationClass = "read" | "put" | "create";

export function classOf({ operation }: Pick<SentOperation, "operation">): OperationClass {
  if (!operation.write) return "read";
  return operation.idempotent ? "put" : "create";
}

/** What became of one operation under one fault. */
export interface Cell {
  readonly key: string;
  readonly sent: SentOperation;
  /** Whole requests that reached the server. */
  readonly requests: number;
  /** Attempts that were told. */
  readonly attempts: number;
  readonly outcome: Outcome;
  readonly end: { readonly status?: number; readonly code?: string | undefined };
  /** How often the server has carried it out. */
  readonly applied: number;
  readonly elapsedMs: number;
}

/** A request that has come, and what a service in health would answer. */
export interface Served {
  /** Of the same call, from 1. */
  readonly nth: number;
  readonly good: Buffer;
  /** The same, without its end. */
  readonly cut: Buffer;
  /** The service carries it out. */
  apply(): void;
}

/** What the provider takes for a success of this operation: JSON, or nothing with status 204. */
export function goodReply({ provider, method, url, body: sent }: SentOperation): Buffer {
  const json = { status: 200, headers: new RecordHeaders({}), text: body };
  const verdict = provider.wire.judge?.({ method, url, body: sent }, json);
  if ((verdict?.outcome ?? "applied") === "applied") return rawReply(200, body);
  return Buffer.from(`HTTP/1.1 204 Nothing\r\nx-padding: ${"x".repeat(300)}\r\n\r\n`);
}

export interface Trial {
  readonly name: string;
  readonly serve?: (socket: Socket, request: Served) => void;
  /** Instead of the server. */
  readonly origin?: string;
  /** An answer never comes, or never ends. */
  readonly silent?: true;
  /** Requests on the wire, and how it ended. */
  readonly expected: Readonly<Record<OperationClass, string>>;
  /** Of a health check, which looks at the reply itself. */
  readonly ofHealth?: string;
}

const body = JSON.stringify({ ok: true, object: "list", results: [], padding: "x".repeat(300) });
const refusal = JSON.stringify({ ok: false, object: "error", error: "no", message: "no" });
const all = (expected: string) => ({ read: expected, put: expected, create: expected });
/** Three requests where doing it twice is harmless, one where it is not. */
const careful = { read: "3 ?", put: "3 ?", create: "1 ?" };
const well = (socket: Socket, { good, apply }: Served): void => {
  apply();
  socket.write(good);
};
/** Carries it out, and sends these bytes. */
const answer = (bytes: Buffer) => (socket: Socket, request: Served) =>
  well(socket, { ...request, good: bytes });
/** Refuses it with these bytes. */
const refuse = (bytes: Buffer) => (socket: Socket) => void socket.write(bytes);

export const trials: readonly Trial[] = [
  { name: "no fault", serve: well, expected: all("1 done") },
  { name: "connection refused", origin: "http://127.0.0.1:9", expected: all("0 not") },
  { name: "name unknown", origin: `http://${"x".repeat(64)}.invalid`, expected: all("0 not") },
  {
    name: "reset before the service applied it",
    serve: (socket) => socket.resetAndDestroy(),
    expected: careful,
  },
  {
    name: "reset after the service applied it",
    serve: (socket, { cut, apply }) => {
      apply();
      socket.write(cut, () => socket.resetAndDestroy());
    },
    expected: careful,
  },
  {
    name: "reset once",
    serve: (socket, request) => {
      if (request.nth > 1) return well(socket, request);
      request.apply();
      socket.resetAndDestroy();
    },
    expected: { read: "2 done", put: "2 done", create: "1 ?" },
  },
  {
    name: "stalled headers",
    silent: true,
    serve: (_, { apply }) => apply(),
    expected: all("1 ?"),
  },
  {
    name: "stalled body",
    silent: true,
    serve: (socket, request) => well(socket, { ...request, good: request.cut }),
    expected: all("1 ?"),
  },
  {
    name: "truncated JSON",
    serve: (socket, { cut, apply }) => {
      apply();
      socket.end(cut);
    },
    expected: careful,
  },
  {
    name: "garbled JSON",
    serve: answer(rawReply(200, body.slice(0, -1))),
    expected: careful,
    ofHealth: "1 done",
  },
  {
    name: "200 with HTML",
    serve: answer(rawReply(200, "<html>Log in</html>", { "content-type": "text/html" })),
    expected: careful,
    ofHealth: "1 done",
  },
  {
    name: "429, Retry-After within the deadline",
    serve: (socket, request) => {
      if (request.nth > 1) return well(socket, request);
      socket.write(rawReply(429, refusal, { "retry-after": "0" }));
    },
    expected: all("2 done"),
  },
  {
    name: "429, Retry-After beyond the deadline",
    serve: refuse(rawReply(429, refusal, { "retry-after": "60" })),
    expected: all("1 not"),
  },
  {
    name: "429 for ever",
    serve: refuse(rawReply(429, refusal, { "retry-after": "0" })),
    expected: all("3 not"),
  },
  {
    name: "503 twice, then well",
    serve: (socket, request) => {
      if (request.nth > 2) return well(socket, request);
      socket.write(rawReply(503, "<html>down</html>", { "content-type": "text/html" }));
    },
    expected: { read: "3 done", put: "3 done", create: "1 ?" },
  },
  {
    name: "503, Retry-After beyond the deadline",
    serve: refuse(rawReply(503, "<html>down</html>", { "retry-after": "60" })),
    expected: all("1 ?"),
  },
  {
    name: "301",
    serve: refuse(rawReply(301, "", { location: "http://127.0.0.1:9/elsewhere" })),
    expected: all("1 not"),
    ofHealth: "1 done",
  },
  {
    name: "307",
    serve: refuse(rawReply(307, "", { location: "http://127.0.0.1:9/elsewhere" })),
    expected: all("1 not"),
    ofHealth: "1 done",
  },
];
