import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { mostWithin } from "../support/windows.ts";

const caller = fileURLToPath(new URL("../support/limited-process.ts", import.meta.url));
/** At most so many requests in so many ms, by the clock of the machine. */
const limit = { requests: 30, perMs: 2_000, burst: 10 };

let folder: string;
let server: Server;
let arrived: number[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "testx-limit-"));
  arrived = [];
  server = createServer((_, response) => {
    arrived.push(performance.now());
    response.setHeader("content-type", "application/json").end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

function run(calls: number): ChildProcess {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const options = JSON.stringify({ folder, url, calls, limit, sent: join(folder, "sent") });
  return spawn(process.execPath, [caller, options], { stdio: ["ignore", "inherit", "inherit"] });
}

/**
 * When requests were handed to the network. Between being allowed and that a busy machine may let
 * a process wait, so that the window is looked at a little shorter than it is.
 */
function seen(): { inWindow: number; total: number } {
  const times = readFileSync(join(folder, "sent"), "utf8").trim().split("\n").map(Number);
  const sent = times.sort((a, b) => a - b).map((at) => [at, 1] as const);
  return { inWindow: mostWithin(sent, limit.perMs - 500), total: arrived.length };
}

test("ten processes in a row are one to the service", async () => {
  for (let n = 0; n < 10; n += 1) {
    const [code] = await once(run(6), "close");
    expect(code).toBe(0);
  }
  expect(seen().total).toBe(60);
  expect(seen().inWindow).toBeLessThanOrEqual(limit.requests);
}, 60_000);

test("so are processes at once, of which some are killed on the way", async () => {
  const children = [1, 2, 3, 4].map(() => run(12));
  const ends = children.map((child) => once(child, "close"));
  while (arrived.length < 20) await new Promise((resolve) => setTimeout(resolve, 5));
  children[0]?.kill("SIGKILL");
  children[1]?.kill("SIGKILL");
  await Promise.all(ends);
  expect((await once(run(6), "close"))[0]).toBe(0);
  expect(seen().total).toBeGreaterThanOrEqual(30);
  expect(seen().inWindow).toBeLessThanOrEqual(limit.requests);
}, 60_000);
