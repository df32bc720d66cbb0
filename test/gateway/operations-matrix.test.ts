import { readFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Outcome, rootFailure } from "../../src/core/failure.ts";
import { createGateway } from "../../src/gateway/gateway.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createTransport } from "../../src/platform/http.ts";
import { root } from "../support/cli.ts";
import { startFaultServer } from "../support/fault-server.ts";
import { type SentOperation, sentOperations } from "../support/operations.ts";
import {
  type Cell,
  classOf,
  deadlineOf,
  goodReply,
  type OperationClass,
  trials,
} from "./trials.ts";

const signs: Readonly<Record<Outcome, string>> = {
  applied: "done",
  "not-applied": "not",
  unknown: "?",
};
const told = ({ requests, outcome }: Pick<Cell, "requests" | "outcome">) =>
  `${requests} ${signs[outcome]}`;

let operations: readonly SentOperation[];
const byKey = new Map<string, SentOperation>();
const table = new Map<string, string[]>();

beforeAll(async () => {
  operations = await sentOperations();
  for (const sent of operations) {
    byKey.set(keyOf(sent), sent);
    table.set(keyOf(sent), []);
  }
}, 30_000);

afterAll(() => {
  const head = trials.map(({ name }, at) => `${at + 1} ${name}`).join(", ");
  const rows = [...table].map(([name, cells]) =>
    [name.slice(0, 60).padEnd(61), ...cells.map((cell) => cell.padEnd(7))].join(""),
  );
  const columns = trials.map((_, at) => String(at + 1).padEnd(7)).join("");
  console.log(
    [
      "requests on the wire and how the call ended (done, not, ?: unknown)",
      ...[head, " ".repeat(61) + columns, ...rows],
    ].join("\n"),
  );
});

test("there is one of every kind of call, of every provider with an API", () => {
  const classes = (id: string) =>
    new Set(operations.filter(({ provider }) => provider.id === id).map(classOf));
  for (const id of ["slack", "notion", "github"]) {
    expect(classes(id)).toEqual(new Set<OperationClass>(["read", "put", "create"]));
  }
  expect(classes("http")).toEqual(new Set(["read"]));
  expect(operations.length).toBeGreaterThan(50);
});

test.each(trials)("$name", { timeout: 30_000 }, async (trial) => {
  const deadlineMs = deadlineOf(trial);
  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  const applied = new Map<string, number>();
  const requests = new Map<string, number>();
  const server = await startFaultServer({
    serve(socket, { headers }) {
      const cell = headers["x-cell"] ?? "";
      const nth = (requests.get(cell) ?? 0) + 1;
      requests.set(cell, nth);
      const good = goodReply(byKey.get(cell) as SentOperation);
      const apply = () => applied.set(cell, (applied.get(cell) ?? 0) + 1);
      trial.serve?.(socket, { nth, good, cut: good.subarray(0, -100), apply });
    },
  });
  const transport = createTransport();
  const cells = await Promise.all(
    operations.map(async (sent): Promise<Cell> => {
      const { provider } = sent;
      const key = keyOf(sent);
      let ids = 0;
      const fetch = createGateway({
        ...{ integration: provider.id, wire: provider.wire, transport, clock: systemClock },
        settings: {
          timeouts: { connectMs: 10_000, totalMs: deadlineMs },
          retry: { maxAttempts: 3, baseDelayMs: 2, maxDelayMs: 5 },
          concurrency: provider.concurrency,
        },
        random: Math.random,
        emit: ({ type }) => {
          if (type === "call.finished") ids += 1;
        },
      });
      const address = new URL(trial.origin ?? server.url);
      address.pathname = sent.url.pathname;
      address.search = sent.url.search;
      const startedAt = performance.now();
      const end = await fetch(address, {
        method: sent.method,
        headers: { authorization: "Bearer canary", "x-cell": key, ...typeOf(sent.body) },
        ...(sent.body !== undefined && { body: sent.body }),
      }).then(
        ({ status }) => ({ outcome: status < 400 ? ("applied" as const) : undefined, status }),
        (error: unknown) => {
          const failure = rootFailure(error);
          return { outcome: failure?.outcome, code: failure?.code };
        },
      );
      return {
        ...{ key, sent, requests: requests.get(key) ?? 0, attempts: ids, end },
        outcome: end.outcome ?? "unknown",
        applied: applied.get(key) ?? 0,
        elapsedMs: performance.now() - startedAt,
      };
    }),
  );
  lag.disable();
  transport.close();
  await server.close();

  // What the machine took away from this process is not the gateway's.
  const late = deadlineMs + 250 + lag.max / 1e6;
  for (const cell of cells) {
    table.get(cell.key)?.push(told(cell));
    const kind = classOf(cell.sent);
    const about = `${cell.key}: ${JSON.stringify(cell.end)}`;
    const isHealth = cell.sent.provider.id === "http";
    expect(told(cell), about).toBe((isHealth && trial.ofHealth) || trial.expected[kind]);
    expect(cell.attempts, about).toBeLessThanOrEqual(3);
    expect(cell.elapsedMs, about).toBeLessThan(late);
    // What is said of a write must not be wrong.
    if (kind === "read") continue;
    if (cell.outcome === "applied") expect(cell.applied, about).toBeGreaterThan(0);
    if (cell.outcome === "not-applied") expect(cell.applied, about).toBe(0);
    if (kind === "create") expect(cell.applied, about).toBeLessThanOrEqual(1);
  }
});

test("the guide shows this matrix", () => {
  const rows = trials.map(
    ({ name, expected: { read, put, create } }) => `| ${name} | ${read} | ${put} | ${create} |`,
  );
  const guide = readFileSync(join(root, "docs/policies.md"), "utf8");
  expect(guide).toContain(rows.join("\n"));
});

/** A stand-in's port is another one each time. */
function keyOf({ provider, operation }: SentOperation): string {
  return `${provider.id} ${operation.name.replace(/:\d+/, "")}`;
}

function typeOf(body: string | undefined) {
  if (body === undefined) return {};
  const isJson = /^\s*[[{]/.test(body);
  return { "content-type": isJson ? "application/json" : "application/x-www-form-urlencoded" };
}
