import { once } from "node:events";
import { request } from "node:http";
import { connect as connectSocket, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { rootFailure } from "../../src/core/failure.ts";
import type { AnyService, SandboxRequest } from "../../src/core/stand-in.ts";
import { anykrowd } from "../../src/sandbox/anykrowd/service.ts";
import { type RunningSandbox, startSandbox } from "../../src/sandbox/server.ts";
import { notesService, notesToken } from "../support/notes-service.ts";

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ services: [notesService, anykrowd], now: () => now });
});
afterEach(() => sandbox.close());

const authorization = `Bearer ${notesToken}`;

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(sandbox.url + path, { ...init, headers: { authorization, ...init.headers } });
}

/** With headers that fetch does not let one choose. */
async function raw(path: string, headers: Record<string, string>, method = "GET"): Promise<number> {
  const sent = request(sandbox.url + path, {
    method,
    headers: { authorization, ...headers },
  }).end();
  const [reply] = await once(sent, "response");
  reply.resume();
  await once(reply, "end");
  return reply.statusCode;
}

describe("routing", () => {
  test("gives all services' environment, and each its own requests", async () => {
    expect(sandbox.environment).toEqual({
      NOTES_API_URL: `${sandbox.url}/notes`,
      NOTES_TOKEN: notesToken,
      ANYKROWD_HEALTH_CHECK_URL: `${sandbox.url}/anykrowd/health`,
    });
    const health = await fetch(sandbox.environment.ANYKROWD_HEALTH_CHECK_URL ?? "");
    expect([health.status, await health.json()]).toEqual([200, { status: "ok" }]);
    expect(health.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(health.headers.get("date")).toBe(new Date(now).toUTCString());
    expect(await (await ask("/notes/me")).json()).toEqual({ name: "tester" });
  });

  test("knows no other paths", async () => {
    expect((await ask("/nobody/health")).status).toBe(404);
    expect((await ask("/")).status).toBe(404);
    expect((await ask("/anykrowd/else")).status).toBe(404);
    expect((await ask("/anykrowd/health", { method: "POST" })).status).toBe(405);
  });

  test("a service gets the request as it was sent, path still encoded", async () => {
    const seen: { request: SandboxRequest; url: string; at: number }[] = [];
    const spy: AnyService = {
      ...notesService,
      id: "spy",
      handle: (given, _state, context) => {
        seen.push({ request: given, url: context.url, at: context.now() });
        return { status: 204 };
      },
    };
    const spied = await startSandbox({ services: [spy], now: () => now });
    const reply = await fetch(`${spied.url}/spy/repos/a%2Fb/%E2%9C%93?x=1&x=2`, {
      method: "PUT",
      headers: { "X-Mixed": "Case" },
      body: "naïve ✓",
    });
    await spied.close();
    expect([reply.status, reply.headers.get("content-type")]).toEqual([204, null]);
    expect(seen).toMatchObject([
      {
        request: {
          method: "PUT",
          path: "/repos/a%2Fb/%E2%9C%93",
          headers: { "x-mixed": "Case" },
          body: "naïve ✓",
        },
        url: `${spied.url}/spy`,
        at: now,
      },
    ]);
    expect(seen[0]?.request.query.getAll("x")).toEqual(["1", "2"]);
  });

  test("a stand-in's own mistake is a 500 that says so, and the sandbox goes on", async () => {
    const reply = await ask("/notes/notes", { method: "POST", body: "{" });
    expect(reply.status).toBe(500);
    expect(await reply.json()).toMatchObject({ error: "sandbox_failed" });
    expect(sandbox.log()).toMatchObject([{ status: 500, write: true }]);
    expect((await ask("/notes/notes")).status).toBe(200);
  });

  test("a body larger than any service takes is refused without being kept", async () => {
    const big = Buffer.alloc(65 * 1024 * 1024, 0x20);
    const outcome = await ask("/notes/notes", { method: "POST", body: big }).then(
      ({ status }) => status,
      // The connection may be gone before the client has sent it all.
      () => 413,
    );
    expect(outcome).toBe(413);
    expect(sandbox.log()).toEqual([]);
  });
});

describe("only programs that mean it are served", () => {
  const host = () => new URL(sandbox.url).host;

  test.each(["evil.example", "evil.example:80", "127.0.0.1.evil.example", "0.0.0.0", "10.0.0.1"])(
    "Host %j is refused",
    async (name) => {
      expect(await raw("/notes/notes", { host: name })).toBe(403);
      expect(await raw("/__sandbox/state", { host: name })).toBe(403);
      expect(sandbox.log()).toEqual([]);
    },
  );

  test("the loopback names are fine", async () => {
    const { port } = new URL(sandbox.url);
    for (const name of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST`, `[::1]:${port}`]) {
      expect(await raw("/notes/notes", { host: name })).toBe(200);
    }
  });

  test("other origins and sites are refused, for reads, writes and preflights", async () => {
    for (const method of ["GET", "POST", "OPTIONS"]) {
      expect(await raw("/__sandbox/reset", { origin: "https://evil.example" }, method)).toBe(403);
      expect(await raw("/__sandbox/reset", { origin: "null" }, method)).toBe(403);
      expect(await raw("/__sandbox/reset", { origin: "http://127.0.0.1:1" }, method)).toBe(403);
      expect(await raw("/__sandbox/reset", { "sec-fetch-site": "cross-site" }, method)).toBe(403);
      expect(await raw("/__sandbox/reset", { "sec-fetch-site": "same-site" }, method)).toBe(403);
    }
    expect(await raw("/__sandbox/state", { origin: `http://${host()}` })).toBe(200);
    expect(await raw("/__sandbox/state", { "sec-fetch-site": "none" })).toBe(200);
  });

  test("it listens on the loopback address only", () => {
    expect(new URL(sandbox.url).hostname).toBe("127.0.0.1");
  });
});

describe("/__sandbox", () => {
  const write = (title: string) =>
    ask("/notes/notes?secret=in-query", {
      method: "POST",
      body: JSON.stringify({ title, text: "secret-in-body" }),
      headers: { "x-request-id": `id-${title}` },
    });

  test("state is canonical: the same bytes however it came about", async () => {
    await write("a");
    await write("b");
    const first = await (await ask("/__sandbox/state")).text();
    await ask("/__sandbox/reset", { method: "POST" });
    await write("b");
    await write("a");
    const second = await (await ask("/__sandbox/state")).text();
    expect(second).toBe(first);
    expect(second).toBe(sandbox.state());
    expect(first).toBe(
      '{"anykrowd":{"health":{"body":{"status":"ok"},"status":200}},"notes":[' +
        '{"colour":"white","text":"secret-in-body","title":"a"},' +
        '{"colour":"white","text":"secret-in-body","title":"b"}]}',
    );
  });

  test("full=1 gives everything, ids included", async () => {
    await write("a");
    const full = (await (await ask("/__sandbox/state?full=1")).json()) as Record<string, unknown>;
    expect(full).toEqual(sandbox.fullState());
    expect(full.notes).toMatchObject({ notes: [{ id: 1, title: "a" }] });
  });

  test("the log names requests and holds nothing that is secret", async () => {
    await write("a");
    await ask("/notes/notes/1");
    const text = await (await ask("/__sandbox/log")).text();
    expect(JSON.parse(text)).toEqual([
      {
        at: now,
        service: "notes",
        method: "POST",
        path: "/notes",
        write: true,
        status: 201,
        requestId: "id-a",
        served: true,
      },
      {
        at: now,
        service: "notes",
        method: "GET",
        path: "/notes/1",
        write: false,
        status: 405,
        served: true,
      },
    ]);
    expect(text).not.toMatch(/secret|token/);
    expect((await ask("/__sandbox/log", { method: "DELETE" })).status).toBe(204);
    expect(await (await ask("/__sandbox/log")).json()).toEqual([]);
  });

  test("reset goes back to the beginning, or to a seed", async () => {
    await write("a");
    await ask("/__sandbox/faults", { method: "POST", body: '[{"fault":{"kind":"garble"}}]' });
    const body = JSON.stringify({ anykrowd: { health: { status: 503 } } });
    const reply = await ask("/__sandbox/reset", { method: "POST", body });
    expect(await reply.json()).toEqual({
      anykrowd: { health: { status: 503, body: { status: "ok" } } },
      notes: [],
    });
    expect(sandbox.log()).toEqual([]);
    expect((await ask("/anykrowd/health")).status).toBe(503);
    await ask("/__sandbox/reset", { method: "POST" });
    expect((await ask("/anykrowd/health")).status).toBe(200);
  });

  test.each(['{"nobody":{}}', "[]", "no json", '{"anykrowd":{"health":1}}'])(
    "a bad seed is refused and changes nothing: %s",
    async (body) => {
      await write("a");
      const before = sandbox.state();
      const reply = await ask("/__sandbox/reset", { method: "POST", body });
      expect(reply.status).toBe(422);
      expect(await reply.json()).toMatchObject({ error: "SANDBOX_SEED_INVALID" });
      expect(sandbox.state()).toBe(before);
    },
  );

  test("environment is what a process elsewhere needs", async () => {
    expect(await (await ask("/__sandbox/environment")).json()).toEqual(sandbox.environment);
  });

  test("anything else says what there is", async () => {
    const reply = await ask("/__sandbox/what");
    expect(reply.status).toBe(404);
    expect(await reply.json()).toMatchObject({
      paths: expect.arrayContaining(["GET /__sandbox/state"]),
    });
  });
});

describe("close", () => {
  async function socketWith(text: string): Promise<Socket> {
    const { hostname, port } = new URL(sandbox.url);
    const socket = connectSocket(Number(port), hostname);
    await once(socket, "connect");
    socket.write(text);
    return socket;
  }

  test("ends idle, unfinished and stalled connections at once", async () => {
    sandbox.setFaults([{ service: "notes", fault: { kind: "stall", when: "headers" } }]);
    const idle = await socketWith("GET /anykrowd/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(idle, "data");
    const unfinished = await socketWith("POST /notes/notes HTTP/1.1\r\nHost: localhost\r\nCont");
    const stalled = await socketWith("GET /notes/notes HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while (!sandbox.log().some(({ fault }) => fault === "stall")) await new Promise(setImmediate);
    const ends = [idle, unfinished, stalled].map((socket) => {
      socket.on("error", () => {});
      return once(socket, "close");
    });
    await sandbox.close();
    await Promise.all(ends);
    expect(await sandbox.close()).toBeUndefined();
  });

  test("drops requests that were still on their way", async () => {
    const slow = await startSandbox({ services: [notesService], latencyMs: 3_600_000 });
    const lost = fetch(`${slow.url}/notes/notes`, { headers: { authorization } });
    const failed = expect(lost).rejects.toThrow();
    while ((await slow.connections()) === 0) await new Promise(setImmediate);
    await slow.close();
    await failed;
  });
});

test("a port that is taken is a clear failure", async () => {
  const port = Number(new URL(sandbox.url).port);
  const error = await startSandbox({ services: [], port }).catch((caught: unknown) => caught);
  expect(rootFailure(error)).toMatchObject({ code: "SANDBOX_PORT_UNAVAILABLE" });
});

test("latency delays every request", async () => {
  const slow = await startSandbox({ services: [notesService], latencyMs: 40 });
  const started = performance.now();
  await fetch(`${slow.url}/notes/notes`, { headers: { authorization } });
  expect(performance.now() - started).toBeGreaterThanOrEqual(39);
  await slow.close();
});
