/**
 * Sequential calls on kept-alive connections to a server in another thread, as ratios to
 * undici's Pool.request. Goals: an SDK call through gateway and transport at most 2.1 (octokit),
 * 1.7 (slack) and 1.4 (notion).
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Client } from "@notionhq/client";
import { Octokit } from "@octokit/rest";
import { WebClient } from "@slack/web-api";
import { Pool } from "undici";
import type { Fetch } from "../src/core/http.ts";
import { createGateway } from "../src/gateway/gateway.ts";
import { systemClock } from "../src/platform/clock.ts";
import { createTransport } from "../src/platform/http.ts";
import { interleave } from "./interleave.ts";

const body = JSON.stringify({
  ok: true,
  object: "user",
  id: "x",
  login: "octocat",
  pad: "x".repeat(800),
});
const server = new Worker(
  `const { createServer } = require("node:http");
   const { parentPort, workerData } = require("node:worker_threads");
   const server = createServer((request, response) => {
     request.resume();
     request.on("end", () => {
       response.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": workerData.length });
       response.end(workerData);
     });
   });
   server.keepAliveTimeout = 60_000;
   server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
  { eval: true, workerData: body },
);
const [port] = (await once(server, "message")) as [number];
const url = `http://127.0.0.1:${port}`;

const transport = createTransport({ idleMs: 60_000 });
const gateway = createGateway({
  integration: "service",
  wire: {
    describe: ({ method, url }) => ({
      name: `${method} ${url.pathname}`,
      write: false,
      idempotent: true,
    }),
  },
  settings: {
    timeouts: { totalMs: 15_000 },
    retry: { maxAttempts: 3, baseDelayMs: 1_000, maxDelayMs: 30_000 },
    concurrency: { reads: 8, writes: 1 },
  },
  transport,
  clock: systemClock,
  random: Math.random,
  emit: () => undefined,
});
const pool = new Pool(url, { connections: 1 });

function sdks(fetch: Fetch | undefined) {
  const slack = new WebClient("xoxb-x", {
    slackApiUrl: `${url}/`,
    retryConfig: { retries: 0 },
    ...(fetch && { fetch: fetch as never }),
  });
  const notion = new Client({
    auth: "x",
    baseUrl: url,
    retry: false,
    ...(fetch && { fetch: fetch as never }),
  });
  const octokit = new Octokit({ auth: "x", baseUrl: url, ...(fetch && { request: { fetch } }) });
  return {
    slack: () => slack.auth.test(),
    notion: () => notion.users.me({}),
    octokit: () => octokit.rest.users.getAuthenticated(),
  };
}
const ours = sdks(gateway);
const theirs = sdks(undefined);

await interleave(
  [
    {
      name: "undici Pool.request",
      run: async () => (await pool.request({ path: "/user", method: "GET" })).body.text(),
    },
    { name: "testx transport", run: async () => (await transport(`${url}/user`)).text() },
    { name: "testx gateway and transport", run: async () => (await gateway(`${url}/user`)).text() },
    { name: "built-in fetch", run: async () => (await fetch(`${url}/user`)).text() },
    { name: "octokit on testx", run: ours.octokit, goal: 2.1 },
    { name: "octokit on built-in fetch", run: theirs.octokit },
    { name: "slack on testx", run: ours.slack, goal: 1.7 },
    { name: "slack on built-in fetch", run: theirs.slack },
    { name: "notion on testx", run: ours.notion, goal: 1.4 },
    { name: "notion on built-in fetch", run: theirs.notion },
  ],
  { calls: 300, rounds: 11 },
);
await pool.close();
transport.close();
await server.terminate();
