// Makes calls through a gateway with a rate limit, several at once, and ends when all have ended.
import { appendFileSync } from "node:fs";
import { createGateway } from "../../src/gateway/gateway.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createTransport } from "../../src/platform/http.ts";
import { sqliteMemo } from "../../src/platform/memo.ts";

const { folder, url, calls, limit, sent } = JSON.parse(process.argv[2] ?? "") as {
  folder: string;
  url: string;
  calls: number;
  /** File that is told when each request goes. */
  sent: string;
  limit: { requests: number; perMs: number; burst: number };
};
const memo = sqliteMemo({
  folder,
  onProblem: ({ message }) => {
    throw new Error(message);
  },
});
const transport = createTransport({ env: {} });
const fetch = createGateway({
  integration: "service",
  wire: { describe: () => ({ name: "GET /", write: false, idempotent: true }) },
  settings: {
    timeouts: { totalMs: 60_000 },
    retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    concurrency: { reads: 4, writes: 1 },
    limits: [{ id: "requests", ...limit }],
  },
  transport: (to, init) => {
    appendFileSync(sent, `${Date.now()}\n`);
    return transport(to, init);
  },
  clock: systemClock,
  random: Math.random,
  emit: () => {},
  memo,
});
await Promise.all(Array.from({ length: calls }, () => fetch(url)));
await transport.close();
memo.close();
