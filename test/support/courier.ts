import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { requestProblems } from "./described.ts";

/** How a reply may differ on the way, and mean the same. */
export interface Ways {
  /** In front of every path: `/proxy/v2`. */
  readonly prefix?: string;
  readonly encoding?: "gzip";
  /** Without a length, in pieces, or until the connection ends. */
  readonly framing?: "chunked" | "closed";
  /** Fields and headers that nobody knows yet; header names in capitals. */
  readonly newer?: boolean;
  /** Only the headers that a reply must have. */
  readonly bare?: boolean;
  /** Entries on a page of a list. */
  readonly most?: number;
}

export interface Courier {
  /** Variables that lead to the sandbox by way of it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What was wrong with requests, and which were refused. */
  readonly wrong: string[];
  readonly calls: string[];
  close(): Promise<void>;
}

/** Headers that say what a reply is; all others are courtesies. */
const needed = new Set(["content-type", "link", "retry-after"]);

/** Stands in front of a sandbox, checks what is sent, and brings the replies in another form. */
export async function startCourier(
  sandbox: { readonly url: string; readonly environment: Readonly<Record<string, string>> },
  ways: Ways = {},
): Promise<Courier> {
  const { prefix = "" } = ways;
  const wrong: string[] = [];
  const calls: string[] = [];

  async function carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", headers } = request;
    const path = request.url ?? "";
    if (!path.startsWith(`${prefix}/`)) wrong.push(`${method} ${path}: not below ${prefix}`);
    const sent = { method, path: path.slice(prefix.length), body: await textOf(request) };
    const flat = headers as Record<string, string | undefined>;
    wrong.push(...requestProblems({ ...sent, headers: flat }));
    const { host: _, connection: __, "content-length": ___, ...passed } = flat;
    const { path: to, body } = ways.most === undefined ? sent : fewer(sent, ways.most);
    const reply = await fetch(sandbox.url + to, {
      method,
      headers: { ...(passed as Record<string, string>), "accept-encoding": "identity" },
      redirect: "manual",
      ...(body === "" ? {} : { body }),
    });
    const text = await reply.text();
    const said = `${method} ${sent.path} ${reply.status}`;
    calls.push(said);
    if (reply.status >= 400 || /^\{"ok":false/.test(text)) wrong.push(`${said} ${text}`);
    deliver(response, reply, text, ways);
  }

  const server = createServer((request, response) => {
    carry(request, response).catch((error: unknown) => {
      wrong.push(String(error));
      response.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
  const environment = Object.fromEntries(
    Object.entries(sandbox.environment).map(([name, value]) => [
      name,
      name.endsWith("_API_URL") ? value.replace(sandbox.url, here) : value,
    ]),
  );
  return {
    environment,
    wrong,
    calls,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function deliver(response: ServerResponse, reply: Response, text: string, ways: Ways): void {
  response.statusCode = reply.status;
  if (ways.bare) response.sendDate = false;
  for (const [name, value] of reply.headers) {
    if (/^(connection|keep-alive|transfer-encoding|content-length)$/.test(name)) continue;
    if (ways.bare && !needed.has(name)) continue;
    response.setHeader(ways.newer ? name.toUpperCase() : name, value);
  }
  if (ways.newer) response.setHeader("X-NEWER-THAN-TESTX", "yes");
  if (text === "") return void response.end();
  const whole = Buffer.from(ways.newer ? JSON.stringify(enriched(JSON.parse(text))) : text);
  const bytes = ways.encoding === "gzip" ? gzipSync(whole) : whole;
  if (ways.encoding === "gzip") response.setHeader("content-encoding", "gzip");
  if (ways.framing === "closed") {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
  } else if (ways.framing !== "chunked") response.setHeader("content-length", bytes.length);
  const half = Math.ceil(bytes.length / 2);
  response.write(bytes.subarray(0, half));
  response.end(bytes.subarray(half));
}

/** Adds a field to each object that is a thing of its own. */
function enriched(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(enriched);
  if (typeof value !== "object" || value === null) return value;
  const known = Object.entries(value).map(([key, it]) => [key, enriched(it)]);
  const isThing = ["id", "ok", "object", "ts"].some((key) => key in value);
  return Object.fromEntries(isThing ? [...known, ["newer_than_testx", { so: [true] }]] : known);
}

/** The same request, asking for less at once. */
function fewer({ path, body }: { path: string; body: string }, most: number) {
  return {
    path: path.replace(/\b((?:per_page|page_size)=)\d+/, `$1${most}`),
    body: body
      .replace(/\blimit=\d+/, `limit=${most}`)
      .replace(/"page_size":\d+/, `"page_size":${most}`),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
