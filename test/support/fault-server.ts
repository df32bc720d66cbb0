import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A request as it came over the wire, whole. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** 1 for the first request that this server ever got. */
  readonly nth: number;
}

export interface FaultServer {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly RawRequest[];
  /** Connections that are open now. */
  readonly open: ReadonlySet<Socket>;
  /** Connections there have ever been. */
  readonly accepted: number;
  close(): Promise<void>;
}

export interface FaultServerOptions {
  /** Answers a whole request, or does to its socket whatever it likes. */
  readonly serve: (socket: Socket, request: RawRequest) => void;
  /** Called for each new connection; `false`: do not listen for requests on it. */
  readonly accept?: (socket: Socket) => boolean;
}

/** A server on bare sockets, so that it can break every rule of HTTP. */
export async function startFaultServer(options: FaultServerOptions): Promise<FaultServer> {
  const open = new Set<Socket>();
  const requests: RawRequest[] = [];
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => undefined);
    if (options.accept?.(socket) === false) return;
    let pending: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (let found = take(pending, requests.length + 1); found; ) {
        pending = found.rest;
        requests.push(found.request);
        options.serve(socket, found.request);
        found = take(pending, requests.length + 1);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    open,
    get accepted() {
      return accepted;
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function take(bytes: Buffer, nth: number): { request: RawRequest; rest: Buffer } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const start = end + 4;
  const length = Number(headers["content-length"] ?? 0);
  if (bytes.length < start + length) return undefined;
  const [method = "", path = ""] = first.split(" ");
  const body = bytes.subarray(start, start + length).toString("utf8");
  return {
    request: { method, path, headers, body, nth },
    rest: bytes.subarray(start + length),
  };
}

/** A whole reply as it goes on the wire. */
export function rawReply(
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const bytes = Buffer.from(body as string);
  const all = {
    "content-type": "application/json; charset=utf-8",
    "content-length": String(bytes.length),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} Whatever\r\n${lines.join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), bytes]);
}
