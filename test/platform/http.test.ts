import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { createTransport, type Transport, type TransportOptions } from "../../src/platform/http.ts";
import { type FaultServer, rawReply, startFaultServer } from "../support/fault-server.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

function transport(options?: TransportOptions): Transport {
  const made = createTransport(options);
  cleanup.push(() => made.close());
  return made;
}

async function bare(
  serve: Parameters<typeof startFaultServer>[0]["serve"],
  accept?: (socket: Socket) => boolean,
): Promise<FaultServer> {
  const server = await startFaultServer({ serve, ...(accept && { accept }) });
  cleanup.push(() => server.close());
  return server;
}

/** Takes the connection and never answers. */
function mute(socket: Socket): boolean {
  socket.resume();
  return false;
}

type Handler = (request: IncomingMessage & { text: string }, response: ServerResponse) => void;

async function real(handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () =>
      handler(Object.assign(request, { text: Buffer.concat(chunks).toString() }), response),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function proxy(): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end('{"proxied":true}');
  });
  server.on("connect", (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    const [, port] = (request.url ?? "").split(":");
    const target = connect(Number(port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const echo: Handler = (request, response) => {
  const { method, url, headers, text } = request;
  response.end(JSON.stringify({ method, url, headers, text }));
};

describe("requests", () => {
  test.each([
    ["none, GET", {}, "GET", "", undefined],
    ["none, POST", { method: "post" }, "POST", "", undefined],
    ["text", { method: "POST", body: "ünï" }, "POST", "ünï", "text/plain;charset=UTF-8"],
    [
      "form",
      { method: "POST", body: new URLSearchParams({ a: "b c" }) },
      "POST",
      "a=b+c",
      "application/x-www-form-urlencoded;charset=UTF-8",
    ],
    ["bytes", { method: "PUT", body: new TextEncoder().encode("ünï") }, "PUT", "ünï", undefined],
    [
      "JSON",
      { method: "PATCH", body: "{}", headers: { "Content-Type": "application/json" } },
      "PATCH",
      "{}",
      "application/json",
    ],
    [
      "text with DELETE",
      { method: "DELETE", body: "{}" },
      "DELETE",
      "{}",
      "text/plain;charset=UTF-8",
    ],
  ])("body: %s", async (_name, init, method, text, type) => {
    const reply = await transport()(`${await real(echo)}/a%20b?c=d`, init);
    const seen = (await reply.json()) as { headers: Record<string, string> };
    expect(seen).toMatchObject({ method, url: "/a%20b?c=d", text });
    expect(seen.headers["content-type"]).toBe(type);
    expect(seen.headers["transfer-encoding"]).toBeUndefined();
    const length = Buffer.byteLength(text);
    expect(seen.headers["content-length"]).toBe(method === "GET" ? undefined : String(length));
  });

  test.each([
    ["a record", { "X-One": "1", "x-none": undefined }],
    ["pairs", [["X-One", "1"]] as [string, string][]],
    ["a Map", new Map([["x-one", "1"]])],
    ["built-in Headers", new Headers({ "X-One": "1" }) as Iterable<[string, string]>],
  ])("headers as %s", async (_name, headers) => {
    const reply = await transport()(await real(echo), { headers });
    const seen = (await reply.json()) as { headers: Record<string, string> };
    expect(seen.headers["x-one"]).toBe("1");
    expect(seen.headers).not.toHaveProperty("x-none");
  });

  test.each([
    ["another scheme", "ftp://127.0.0.1/canary", {}],
    ["no address at all", "canary", {}],
    ["a line break in a header", "http://127.0.0.1:9", { headers: { authorization: "x\ncanary" } }],
    ["a method that is none", "http://127.0.0.1:9", { method: "G ET" }],
    ["a body of an unknown kind", "http://127.0.0.1:9", { body: new FormData() as never }],
  ])("%s is refused before anything is sent", async (_name, url, init) => {
    await expect(transport()(url, init)).rejects.toMatchObject({ fault: "invalid", sent: false });
  });
});

describe("replies", () => {
  test("have what a fetch gives", async () => {
    const url = await real((_request, response) => {
      response.writeHead(201, "Made", [
        ...["Content-Type", "application/json", "X-A", "1", "x-a", "2"],
        ...["Set-Cookie", "a=1", "Set-Cookie", "b=2"],
      ]);
      response.end('{"ü":1}');
    });
    const reply = await transport()(`${url}/x`);
    expect(reply).toMatchObject({ status: 201, statusText: "Made", ok: true, url: `${url}/x` });
    expect(reply.headers.get("content-TYPE")).toBe("application/json");
    expect(reply.headers.get("x-a")).toBe("1, 2");
    expect(reply.headers.get("constructor")).toBeNull();
    expect(reply.headers.has("x-b")).toBe(false);
    const all = Object.fromEntries(reply.headers);
    expect(all).toMatchObject({ "content-type": "application/json", "set-cookie": "a=1, b=2" });
    expect(Object.fromEntries(reply.headers.entries())).toEqual(all);
    expect([...reply.headers.keys()]).toEqual(Object.keys(all));
    expect([...reply.headers.values()]).toEqual(Object.values(all));
    expect(await reply.text()).toBe('{"ü":1}');
    expect(await reply.json()).toEqual({ ü: 1 });
    expect(await reply.clone().json()).toEqual({ ü: 1 });
    expect(new TextDecoder().decode(await reply.arrayBuffer())).toBe('{"ü":1}');
    expect(reply.body).not.toBeNull();
  });

  test("user and password of the address do not come back", async () => {
    const url = (await real(echo)).replace("//", "//user:canary@");
    const reply = await transport()(url);
    expect(reply.url).not.toContain("canary");
  });

  test.each([204, 205, 304])("%s without a body", async (status) => {
    const url = await real((_request, response) => response.writeHead(status).end());
    const reply = await transport()(url);
    expect(reply).toMatchObject({ status, body: null });
    expect(await reply.text()).toBe("");
  });

  test("HEAD has a length and no body", async () => {
    const url = await real((_request, response) => {
      response.setHeader("content-length", 99_999_999);
      response.setHeader("content-encoding", "gzip");
      response.end();
    });
    const reply = await transport()(url, { method: "HEAD" });
    expect(await reply.text()).toBe("");
  });

  const text = JSON.stringify({ long: "x".repeat(10_000), end: "ü" });
  test.each([
    ["gzip", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["br", brotliCompressSync(text)],
    ["GZIP", gzipSync(text)],
    ["identity", Buffer.from(text)],
    ["deflate, gzip", gzipSync(deflateSync(text))],
  ])("%s is unpacked", async (encoding, bytes) => {
    const url = await real((_request, response) => {
      response.setHeader("content-encoding", encoding);
      response.end(bytes);
    });
    expect(await (await transport()(url)).text()).toBe(text);
  });

  test.each(["zip", "gzip, gzip, gzip, gzip", "constructor", "__proto__"])(
    "content-encoding %s is not guessed at",
    async (encoding) => {
      const server = await bare((socket) =>
        socket.write(rawReply(200, gzipSync("{}"), { "content-encoding": encoding })),
      );
      await expect(transport()(server.url)).rejects.toMatchObject({
        fault: "undecodable",
        sent: true,
        status: 200,
      });
    },
  );

  test.each([
    ["announced", (body: string) => rawReply(200, body)],
    [
      "not announced",
      (body: string) =>
        `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ],
  ])("a body beyond the limit, %s, ends the call; at the limit it does not", async (_name, raw) => {
    const server = await bare((socket, { path }) =>
      socket.write(raw("x".repeat(Number(path.slice(1))))),
    );
    const fetch = transport({ maxBytes: 100_000 });
    expect(await (await fetch(`${server.url}/100000`)).text()).toHaveLength(100_000);
    await expect(fetch(`${server.url}/100001`)).rejects.toMatchObject({
      fault: "too-large",
      sent: true,
    });
  });

  test("interim replies are passed over", async () => {
    const server = await bare((socket) =>
      socket.write(
        Buffer.concat([
          Buffer.from("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"),
          rawReply(200, "{}"),
        ]),
      ),
    );
    expect((await transport()(server.url)).status).toBe(200);
  });

  test("another protocol instead of a reply ends the call", async () => {
    const server = await bare((socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
    );
    await expect(transport()(server.url)).rejects.toMatchObject({ fault: "reset", sent: true });
  });
});

describe("connections", () => {
  test("are used again", async () => {
    const server = await bare((socket) => socket.write(rawReply(200, "{}")));
    const fetch = transport();
    for (let n = 0; n < 20; n += 1) await fetch(server.url);
    expect(server.accepted).toBe(1);
  });

  test("more bytes than announced: the reply is not believed", async () => {
    const server = await bare((socket) =>
      socket.write(Buffer.concat([rawReply(200, '{"n":1}'), Buffer.from('{"n":2}')])),
    );
    await expect(transport()(server.url)).rejects.toMatchObject({ fault: "reset", sent: true });
    await expect.poll(() => server.open.size).toBe(0);
  });

  test("bytes that nobody asked for spoil the connection, not the next reply", async () => {
    const server = await bare((socket, { nth }) => socket.write(rawReply(200, `{"n":${nth}}`)));
    const fetch = transport();
    expect(await (await fetch(server.url)).json()).toEqual({ n: 1 });
    for (const socket of server.open) socket.write(rawReply(200, '{"n":"evil"}'));
    await expect.poll(() => server.open.size).toBe(0);
    expect(await (await fetch(server.url)).json()).toEqual({ n: 2 });
  });

  test("one that the server closed before it was used again leaves the outcome unknown", async () => {
    const server = await bare((socket, { nth }) => {
      if (nth === 1) socket.write(rawReply(200, "{}"));
      else socket.destroy();
    });
    const fetch = transport();
    await fetch(server.url);
    await expect(fetch(server.url, { method: "POST" })).rejects.toMatchObject({
      fault: "reset",
      sent: true,
    });
    expect(server.accepted).toBe(1);
  });

  test("1,000 calls, of which many fail, leave no listener, timer or socket", async () => {
    let done = 0;
    let unanswered = 0;
    const server = await bare((socket, { nth }) => {
      if (nth % 5 === 0) socket.destroy();
      else if (nth % 7 === 0) unanswered += 1;
      else socket.write(rawReply(200, "{}"));
    });
    const fetch = transport();
    const stop = new AbortController();
    let listeners = 0;
    const { signal } = stop;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = ((...all: Parameters<typeof add>) => {
      listeners += 1;
      add(...all);
    }) as typeof signal.addEventListener;
    signal.removeEventListener = ((...all: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...all);
    }) as typeof signal.removeEventListener;
    const warnings: unknown[] = [];
    const onWarning = (warning: unknown) => warnings.push(warning);
    process.on("warning", onWarning);
    cleanup.push(() => process.off("warning", onWarning));

    const calls: Promise<unknown>[] = [];
    for (let n = 0; n < 1_000; n += 1) {
      const settled = () => {
        done += 1;
      };
      calls.push(fetch(server.url, { signal }).then(settled, settled));
      while (n % 20 === 19 && done + unanswered <= n) await new Promise(setImmediate);
    }
    expect(listeners).toBe(unanswered);
    expect(unanswered).toBeGreaterThan(50);
    stop.abort();
    await Promise.all(calls);
    expect(listeners).toBe(0);
    fetch.close();
    await expect.poll(() => server.open.size).toBe(0);
    expect(warnings).toEqual([]);
    const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout");
    expect(timers.length).toBeLessThan(20);
  });

  test("idle ones do not keep the process alive", async () => {
    const server = await bare((socket) => socket.write(rawReply(200, "{}")));
    const module = JSON.stringify(new URL("../../src/platform/http.ts", import.meta.url).href);
    const code = `
      const { createTransport } = await import(${module});
      const fetch = createTransport({ idleMs: 60_000 });
      await fetch(process.argv[1]);
      process.stdout.write("done");`;
    const run = promisify(execFile)(
      process.execPath,
      ["--input-type=module", "-e", code, server.url],
      { timeout: 15_000 },
    );
    expect((await run).stdout).toBe("done");
  });

  test("are closed after a while without use", async () => {
    const server = await bare((socket) => socket.write(rawReply(200, "{}")));
    await transport({ idleMs: 20 })(server.url);
    await expect.poll(() => server.open.size).toBe(0);
  });

  test("after close there are none, and no more calls", async () => {
    const server = await bare(() => undefined);
    const fetch = createTransport();
    const pending = fetch(server.url).catch((error) => error);
    await expect.poll(() => server.requests.length).toBe(1);
    fetch.close();
    expect(await pending).toMatchObject({ fault: "reset", sent: true });
    await expect.poll(() => server.open.size).toBe(0);
    await expect(fetch(server.url)).rejects.toMatchObject({ fault: "invalid", sent: false });
  });
});

describe("abort", () => {
  test("before: nothing is opened", async () => {
    const server = await bare(() => undefined);
    const signal = AbortSignal.abort("why");
    const call = transport()(server.url, { signal });
    await expect(call).rejects.toMatchObject({ fault: "aborted", sent: false, cause: "why" });
    expect(server.accepted).toBe(0);
  });

  test.each([
    ["in the wait for a reply", undefined],
    ["in the body", rawReply(200, "x".repeat(100)).subarray(0, -10)],
  ])("%s: the socket is closed at once", async (_name, bytes) => {
    const stop = new AbortController();
    const server = await bare((socket) => {
      if (bytes) socket.write(bytes);
    });
    const call = transport()(server.url, { signal: stop.signal });
    const seen = call.catch((error) => error);
    await expect.poll(() => server.requests.length).toBe(1);
    stop.abort();
    expect(await seen).toMatchObject({ fault: "aborted", sent: true });
    await expect.poll(() => server.open.size).toBe(0);
  });

  test("while the connection is made: surely not sent", async () => {
    const stop = new AbortController();
    const server = await bare(() => undefined, mute);
    const call = transport()(server.url.replace("http:", "https:"), { signal: stop.signal });
    const seen = call.catch((error) => error);
    await expect.poll(() => server.open.size).toBe(1);
    stop.abort();
    expect(await seen).toMatchObject({ fault: "aborted", sent: false });
    await expect.poll(() => server.open.size).toBe(0);
  });
});

describe("no connection", () => {
  test("in time, TLS included: surely not sent", async () => {
    const server = await bare(() => undefined, mute);
    const url = server.url.replace("http:", "https:");
    for (const call of [transport({ connectMs: 30 })(url), transport()(url, { connectMs: 30 })]) {
      await expect(call).rejects.toMatchObject({ fault: "connect-timeout", sent: false });
    }
    await expect.poll(() => server.open.size).toBe(0);
  });

  test("with a server that speaks no TLS: surely not sent", async () => {
    const server = await bare(
      () => undefined,
      (socket) => {
        socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
        return false;
      },
    );
    const call = transport()(server.url.replace("http:", "https:"));
    await expect(call).rejects.toMatchObject({ fault: "tls", sent: false });
  });

  test("with one that hangs up in the handshake: surely not sent", async () => {
    const server = await bare(
      () => undefined,
      (socket) => {
        socket.once("data", () => socket.destroy());
        return false;
      },
    );
    const call = transport()(server.url.replace("http:", "https:"));
    await expect(call).rejects.toMatchObject({ fault: "reset", sent: false });
  });

  test("where nothing listens: surely not sent", async () => {
    await expect(transport()("http://127.0.0.1:9")).rejects.toMatchObject({
      fault: "refused",
      sent: false,
    });
  });
});

describe("TLS", () => {
  const pem = (name: string) => readFileSync(new URL(`http/service.${name}.pem`, import.meta.url));
  const ca = pem("cert").toString();

  async function secure(
    serve: (socket: TLSSocket) => void,
  ): Promise<{ port: number; accepted: number }> {
    const counts = { port: 0, accepted: 0 };
    const sockets = new Set<TLSSocket>();
    const server = createTlsServer({ key: pem("key"), cert: pem("cert") }, (socket) => {
      counts.accepted += 1;
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("data", () => serve(socket));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanup.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    counts.port = (server.address() as AddressInfo).port;
    return counts;
  }
  const answer = (socket: TLSSocket) => socket.write(rawReply(200, "{}"));

  test("works, and its connections are used again", async () => {
    const server = await secure(answer);
    const fetch = transport({ ca });
    for (let n = 0; n < 5; n += 1) {
      expect((await fetch(`https://127.0.0.1:${server.port}/`)).status).toBe(200);
    }
    expect(server.accepted).toBe(1);
  });

  test("a certificate of nobody known is refused: surely not sent", async () => {
    const server = await secure(answer);
    await expect(transport()(`https://127.0.0.1:${server.port}/`)).rejects.toMatchObject({
      fault: "tls",
      sent: false,
    });
  });

  test("a certificate for another name is refused: surely not sent", async () => {
    const server = await secure(answer);
    const env = { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: (await proxy()).url };
    const call = transport({ ca, env })(`https://other.test:${server.port}/`);
    await expect(call).rejects.toMatchObject({ fault: "tls", sent: false });
  });

  test("a cut after the handshake leaves the outcome unknown, on a new and on a used one", async () => {
    let count = 0;
    const server = await secure((socket) => {
      count += 1;
      if (count === 2) answer(socket);
      else socket.destroy();
    });
    const fetch = transport({ ca });
    const url = `https://127.0.0.1:${server.port}/`;
    await expect(fetch(url)).rejects.toMatchObject({ fault: "reset", sent: true });
    await fetch(url);
    await expect(fetch(url)).rejects.toMatchObject({ fault: "reset", sent: true });
    expect(server.accepted).toBe(2);
  });

  test("goes through a proxy's tunnel, with the same certainty about what was sent", async () => {
    const { url, seen } = await proxy();
    const env = { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: url };
    let mode: "answer" | "cut" = "answer";
    const server = await secure((socket) => (mode === "cut" ? socket.destroy() : answer(socket)));
    const target = `https://service.test:${server.port}/`;
    const fetch = transport({ env, ca });
    expect((await fetch(target)).status).toBe(200);
    expect(seen).toEqual([`CONNECT service.test:${server.port}`]);
    mode = "cut";
    await expect(fetch(target)).rejects.toMatchObject({ fault: "reset", sent: true });
    await expect(fetch(target)).rejects.toMatchObject({ fault: "reset", sent: true });
    await expect(transport({ env })(target)).rejects.toMatchObject({ fault: "tls", sent: false });
  });
});

describe("proxies", () => {
  test("are used when NODE_USE_ENV_PROXY says so, except for this machine", async () => {
    const { url, seen } = await proxy();
    const env = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: url };
    const reply = await transport({ env })("http://service.test/a");
    expect(await reply.json()).toEqual({ proxied: true });
    expect(seen).toEqual(["GET http://service.test/a"]);
    expect(await (await transport({ env })(await real(echo))).json()).toMatchObject({ url: "/" });
    expect(seen).toHaveLength(1);
  });

  test("are not used without it, nor for what NO_PROXY names", async () => {
    const { url, seen } = await proxy();
    for (const env of [
      { HTTP_PROXY: url },
      { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: url, NO_PROXY: "service.test" },
    ]) {
      const call = transport({ env, connectMs: 2_000 })("http://service.test/a");
      await expect(call).rejects.toMatchObject({ sent: false });
    }
    expect(seen).toEqual([]);
  });

  test("that refuse a tunnel: surely not sent", async () => {
    const server = await bare((socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
    const env = { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: server.url };
    const call = transport({ env })("https://service.test/a");
    await expect(call).rejects.toMatchObject({ fault: "proxy", sent: false });
  });
});
