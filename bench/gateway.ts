/**
 * What the whole gateway costs a call that does nothing: goals ≤ 6 × a bare await of the same
 * transport, and ≤ 1/12 of the same policies from cockatiel.
 */
import {
  bulkhead,
  ExponentialBackoff,
  handleAll,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from "cockatiel";
import type { Fetch, Wire } from "../src/core/http.ts";
import { BufferedReply, RecordHeaders } from "../src/core/reply.ts";
import { within } from "../src/gateway/context.ts";
import { createGateway } from "../src/gateway/gateway.ts";
import { systemClock } from "../src/platform/clock.ts";
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
const wire: Wire = { describe: () => operation };
let events = 0;

const options = {
  integration: "service",
  wire,
  settings: {
    timeouts: { totalMs: 15_000 },
    retry: { maxAttempts: 3, baseDelayMs: 1_000, maxDelayMs: 30_000 },
    concurrency: { reads: 8, writes: 1 },
  },
  transport,
  clock: systemClock,
  random: Math.random,
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
);

const ratios = await within({ step: "slack.channel" }, () =>
  interleave(
    [
      { name: "bare await", run: () => transport(url, init) },
      { name: "testx, all policies", run: () => gateway(url, init), goal: 6 },
      {
        name: "cockatiel: bulkhead, timeout, retry",
        run: () => cockatiel.execute(() => transport(url, init)),
      },
      { name: "testx, a reply of 11 bytes of JSON", run: () => gatewayOfJson(url, init) },
    ],
    { calls: 50_000 },
  ),
);
const [, ours = 0, theirs = 0] = Object.values(ratios);
const share = ours / theirs;
console.log(
  `testx / cockatiel 1/${(1 / share).toFixed(1)}  goal ≤ 1/12: ${share <= 1 / 12 ? "met" : "MISSED"}`,
);
console.log(`${events} events`);
