import { monitorEventLoopDelay } from "node:perf_hooks";
import { inspect } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import type { RunEventBody } from "../../src/core/events.ts";
import { rootFailure } from "../../src/core/failure.ts";
import { verdictByStatus } from "../../src/core/verdict.ts";
import { createGateway } from "../../src/gateway/gateway.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createTransport } from "../../src/platform/http.ts";
import { startFaultServer } from "../support/fault-server.ts";
import { deadlineMs, type Fault, faults, largest } from "./faults.ts";
import { type Kind, kinds, sdks, statusOf, wire } from "./sdks.ts";

const names = ["slack", "notion", "octokit"] as const;

interface Cell {
  readonly requests: number;
  readonly outcome: string;
  readonly what: string | number | undefined;
  readonly transient: boolean | undefined;
  readonly elapsedMs: number;
  readonly finished: readonly RunEventBody[];
  readonly leaked: string[];
}

const rows: string[] = [];
afterAll(() => {
  console.log(
    [`${"fault".padEnd(22)}${kinds.map((kind) => kind.padEnd(34)).join("")}`, ...rows].join("\n"),
  );
});

describe("each fault, on each SDK, for each kind of call", () => {
  test.each(faults.map((fault) => [fault.name, fault] as const))("%s", async (_name, fault) => {
    const lag = monitorEventLoopDelay({ resolution: 5 });
    lag.enable();
    const cells = await Promise.all(
      kinds.flatMap((kind) =>
        names.map(async (name) => [kind, name, await run(fault, kind, name)] as const),
      ),
    );
    lag.disable();
    // What the machine took away from this process is not the gateway's.
    const late = deadlineMs + 250 + lag.max / 1e6;
    for (const [kind, name, cell] of cells) {
      const [requests, outcome, what] = fault.expected[kind];
      expect(
        { kind, name, requests: cell.requests, outcome: cell.outcome, what: cell.what },
        inspect(cell),
      ).toEqual({ kind, name, requests, outcome, what });
      expect(cell.elapsedMs, `${kind} ${name}`).toBeLessThan(late);
      if (fault.late) expect(cell.elapsedMs).toBeGreaterThan(deadlineMs - 5);
      expect(cell.leaked, "secrets in the error").toEqual([]);
      expect(cell.finished.length).toBeGreaterThanOrEqual(cell.requests);
      const most = kind === "create" && outcome === "unknown" ? 1 : 3;
      expect(cell.finished.length).toBeLessThanOrEqual(most);
    }
    rows.push(
      fault.name.padEnd(22) + kinds.map((kind) => summary(cells, kind).padEnd(34)).join(""),
    );
  });
});

function summary(cells: readonly (readonly [Kind, string, Cell])[], kind: Kind): string {
  const of = cells.filter(([at]) => at === kind).map(([, , cell]) => cell);
  const [first] = of;
  const slowest = Math.round(Math.max(...of.map((cell) => cell.elapsedMs)));
  const what = String(first?.what ?? "ok").replace("GATEWAY_", "");
  return `${first?.requests}× ${first?.outcome} ${what} ${slowest}ms`;
}

async function run(fault: Fault, kind: Kind, name: string): Promise<Cell> {
  const server = await startFaultServer({
    serve: fault.serve ?? (() => undefined),
    ...(fault.accept && { accept: fault.accept }),
  });
  const transport = createTransport({ maxBytes: largest });
  const events: RunEventBody[] = [];
  const fetch = createGateway({
    integration: name,
    wire,
    settings: {
      timeouts: { totalMs: deadlineMs },
      retry: { maxAttempts: 3, baseDelayMs: 4, maxDelayMs: 10 },
      concurrency: { reads: 4, writes: 1 },
    },
    transport,
    clock: systemClock,
    random: Math.random,
    emit: (event) => events.push(event),
  });
  const sdk = sdks(fault.url ?? server.url, fetch).find((sdk) => sdk.name === name);
  const startedAt = performance.now();
  let end: Pick<Cell, "outcome" | "what" | "transient" | "leaked">;
  try {
    await sdk?.call(kind);
    end = { outcome: "applied", what: undefined, transient: undefined, leaked: [] };
  } catch (error) {
    const failure = rootFailure(error);
    const status = statusOf(error);
    end = {
      outcome: failure?.outcome ?? verdictByStatus(status ?? 0).outcome,
      what: failure?.code ?? status,
      transient: failure?.transient,
      leaked: inspect(failure ?? "", { depth: 9 }).match(/canary|signature=/g) ?? [],
    };
  }
  const elapsedMs = performance.now() - startedAt;

  // What ended early has closed its socket by itself; what is idle goes with the transport.
  if (fault.late || fault.cut) await expect.poll(() => server.open.size).toBe(0);
  transport.close();
  await expect.poll(() => server.open.size).toBe(0);
  const ids = server.requests.map((request) => request.headers["x-request-id"]);
  expect(new Set(ids).size).toBe(server.requests.length);
  await server.close();
  return {
    requests: server.requests.length,
    ...end,
    elapsedMs,
    finished: events.filter((event) => event.type === "call.finished"),
  };
}
