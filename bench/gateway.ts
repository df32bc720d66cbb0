/**
 * What the whole gateway costs a call. Goals: ≤ 6 × a bare await where the call does nothing, and
 * ≤ 1/12 of the same policies from cockatiel; ≤ 1.15 × a bare fetch to loopback; 10,000 calls
 * leave nothing on the heap.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from "cockatiel";
import type { Fetch, Reply, Wire } from "../src/core/http.ts";
import { defaultBreaker } from "../src/core/policy-defaults.ts";
import { BufferedReply, RecordHeaders } from "../src/core/reply.ts";
import { Answers } from "../src/gateway/answers.ts";
import { within } from "../src/gateway/context.ts";
import { createGateway, type GatewayOptions } from "../src/gateway/gateway.ts";
import { createCache } from "../src/platform/cache.ts";
import { systemClock } from "../src/platform/clock.ts";
import { createTransport } from "../src/platform/http.ts";
import { sqliteMemo } from "../src/platform/memo.ts";
import { startEchoServer } from "./echo-server.ts";
import { interleave } from "./interleave.ts";

const replyOf = (status: number, body: string) =>
  new BufferedReply({
    status,
    url: "http://service.test/",
    headers: new RecordHeaders({ "content-type": "application/json" }),
    body,
  });
const [empty, small] = [replyOf(204, ""), replyOf(200, '{"ok":true}')];
const transport: Fetch = async () => empty;
const transportOfJson: Fetch = async () => small;
const url = "http://service.test/things";
const init = { method: "GET", headers: { authorization: "Bearer x", accept: "application/json" } };
const operation = { name: "GET /things", write: false, idempotent: true };
const wire: Wire = { describe: () => operation, cacheable: () => undefined };
let events = 0;

const folder = mkdtempSync(join(tmpdir(), "testx-bench-"));
const memo = sqliteMemo({ folder, onProblem: ({ message }) => console.error(message) });

const cache = createCache({ folder, onProblem: ({ message }) => console.error(message) });
const answers = new Answers({
  ...{ store: cache, memo, clock: systemClock, retentionMs: 86_400_000 },
  digest: (text) => text,
  holdsSecret: () => false,
});

/** Every policy there is, with what breaker and limits know kept as by the command line. */
const options: GatewayOptions = {
  integration: "service",
  wire,
  settings: {
    timeouts: { connectMs: 10_000, totalMs: 15_000 },
    retry: { maxAttempts: 3, baseDelayMs: 1_000, maxDelayMs: 30_000 },
    concurrency: { reads: 8, writes: 1 },
    breaker: defaultBreaker,
    limits: [{ id: "requests", requests: 1e9, perMs: 60_000, burst: 1e8 }],
  },
  transport,
  clock: systemClock,
  random: Math.random,
  memo,
  answers,
  emit: () => {
    events += 1;
  },
};
const gateway = createGateway(options);
// What is read is checked: this one has a body, if a small one.
const gatewayOfJson = createGateway({ ...options, transport: transportOfJson });

const cockatiel = wrap(
  bulkhead(8, 100),
  timeout(15_000, TimeoutStrategy.Aggressive),
  retry(handleAll, { maxAttempts: 2, backoff: new ExponentialBackoff() }),
  circuitBreaker(handleAll, { halfOpenAfter: 30_000, breaker: new ConsecutiveBreaker(5) }),
);
const inStep = <T>(work: () => T) => within({ step: "slack.channel", phase: "read" }, work);

console.log("a call that does nothing");
const ratios = await inStep(() =>
  interleave(
    [
      { name: "bare await", run: () => transport(url, init) },
      { name: "testx, all policies", run: () => gateway(url, init), goal: 6 },
      {
        name: "cockatiel: bulkhead, timeout, retry, breaker",
        run: () => cockatiel.execute(() => transport(url, init)),
      },
      { name: "testx, a reply of 11 bytes of JSON", run: () => gatewayOfJson(url, init) },
    ],
    { calls: 20_000 },
  ),
);
const [, ours = 0, theirs = 0] = Object.values(ratios);
const share = ours / theirs;
console.log(
  `testx / cockatiel 1/${(1 / share).toFixed(1)}  goal ≤ 1/12: ${share <= 1 / 12 ? "met" : "MISSED"}`,
);
console.log(`${events} events`);

console.log("\na call to loopback, one after another, a reply of 800 bytes that is read");
const server = await startEchoServer(JSON.stringify({ ok: true, pad: "x".repeat(780) }));
const network = createTransport({ idleMs: 60_000 });
const overNetwork = createGateway({ ...options, transport: network });
const there = `${server.url}/things`;
const read = async (reply: Promise<Reply>): Promise<string> => (await reply).text();
await inStep(() =>
  interleave(
    [
      { name: "bare fetch", run: () => read(network(there, init)) },
      { name: "testx, all policies", run: () => read(overNetwork(there, init)), goal: 1.15 },
      {
        name: "cockatiel: bulkhead, timeout, retry, breaker",
        run: () => read(cockatiel.execute(() => network(there, init))),
      },
    ],
    { calls: 200, rounds: 61 },
  ),
);

console.log("\nthe heap after 10,000 calls more");
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const heapMb = (): number => {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
const calls = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await inStep(() => overNetwork(there, init));
};
await calls(2_000);
const heap = [heapMb()];
for (let round = 0; round < 3; round += 1) {
  await calls(10_000);
  heap.push(heapMb());
}
const growth = (heap.at(-1) as number) - (heap[1] as number);
console.log(`${heap.map((mb) => `${mb.toFixed(2)} MB`).join(" → ")}`);
console.log(
  `the last 20,000 calls: ${growth.toFixed(2)} MB  goal ≤ 0.25 MB: ${growth <= 0.25 ? "met" : "MISSED"}`,
);

network.close();
await server.close();
memo.close();
rmSync(folder, { recursive: true, force: true });
