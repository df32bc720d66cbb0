// npm run bench:setup: how long a whole setup takes, beside the shortest time its calls allow.
//
// The built testx runs as a process of its own against the sandbox of this one, which answers
// each request after a while. `run` is what the setup itself takes, `process` all from the start
// of Node.js to its end, both as multiples of the bound; `journal %` is the share of the setup's
// time that durability takes: all that is done on `state.db`; `--trace` prints the calls on the
// longest way. What is beyond the bound is work of this machine and does not grow with latency:
// where it is busy with other things, look at the longest latency.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { RunEvent } from "../src/core/events.ts";
import { loadConfig } from "../src/platform/config/load.ts";
import { startSandbox } from "../src/sandbox/server.ts";
import { loadServices } from "../src/sandbox/services.ts";
import { providersWith } from "../src/wiring/providers.ts";
import { lowerBound, type TimedCall } from "./setup/bound.ts";

const rounds = 7;
const latencies = [50, 150, 500];
const goal = 1.1;
const bin = resolve("bin/testx.js");
const preload = resolve("bench/setup/journal-time.ts");
const trace = process.argv.includes("--trace");

const rows = [];
for (const latencyMs of latencies) {
  const runs = [];
  // The first round fills the disk's cache.
  for (let round = -1; round < rounds; round += 1) {
    const run = await setup(latencyMs);
    if (round >= 0) runs.push(run);
  }
  const ratio = median(runs.map(({ runMs, bound }) => runMs / bound));
  if (ratio > goal) process.exitCode = 1;
  rows.push({
    "latency ms": latencyMs,
    calls: runs[0]?.calls,
    "bound ms": median(runs.map(({ bound }) => bound)).toFixed(0),
    run: ratio.toFixed(3),
    p90: quantile(
      runs.map(({ runMs, bound }) => runMs / bound),
      0.9,
    ).toFixed(3),
    goal: `≤ ${goal}`,
    met: ratio <= goal ? "yes" : "no",
    "beyond it ms": median(runs.map(({ runMs, bound }) => runMs - bound)).toFixed(0),
    process: median(runs.map(({ processMs, bound }) => processMs / bound)).toFixed(3),
    "journal %": median(runs.map(({ journalMs, runMs }) => (100 * journalMs) / runMs)).toFixed(1),
    "rerun: reads a step": median(runs.map(({ rereads }) => rereads)).toFixed(2),
  });
}
console.log(`Node ${process.versions.node}, ${rounds} rounds each`);
console.table(rows);

async function setup(latencyMs: number) {
  const folder = mkdtempSync(join(tmpdir(), "testx-bench-setup-"));
  const sandbox = await startSandbox({ services: await loadServices(), latencyMs });
  try {
    cpSync("config", join(folder, "config"), { recursive: true });
    const journal = join(folder, "journal-ms");
    const env = {
      ...{ PATH: process.env.PATH, HOME: folder, TESTX_BENCH_JOURNAL: journal },
      ...sandbox.environment,
    };
    const started = performance.now();
    const events = await testx(folder, env);
    const processMs = performance.now() - started;
    const last = events.at(-1);
    const journalMs = Number(readFileSync(journal, "utf8"));
    if (last?.type !== "run.finished" || last.outcome !== "succeeded") {
      throw new Error(`the setup ended with ${JSON.stringify(last)}`);
    }
    const { sequence, providers } = await loadConfig({
      cwd: folder,
      env,
      providers: providersWith(),
    });
    const calls = timed(events);
    const steps = new Map(sequence.steps.map((step) => [step.id, step]));
    const concurrency = new Map(
      sequence.integrations.map(({ id, provider }) => [id, providers.get(provider)!.concurrency]),
    );
    const bound = lowerBound(calls, steps, concurrency);
    if (trace) {
      for (const { start, end, phase, step, operation } of bound.path) {
        const times = [start, end - start].map((ms) => ms.toFixed(0).padStart(6)).join(" +");
        console.log(`${times} ms  ${phase.padEnd(6)} ${step ?? "-"}  ${operation}`);
      }
    }
    sandbox.clearLog();
    await testx(folder, env);
    const rereads = sandbox.log().length / sequence.steps.length;
    return {
      runMs: last.durationMs,
      processMs,
      journalMs,
      bound: bound.ms,
      calls: calls.length,
      rereads,
    };
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function testx(cwd: string, env: NodeJS.ProcessEnv): Promise<RunEvent[]> {
  const argv = ["--import", preload, bin, "integrations", "setup", "--json"];
  const child = spawn(process.execPath, argv, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await once(child, "close");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
}

/** The calls of a run, with what they were made for as the order of events tells it. */
function timed(events: readonly RunEvent[]): TimedCall[] {
  const began = events[0]?.at ?? 0;
  const calls: TimedCall[] = [];
  const finished = new Set<string>();
  let planned = false;
  for (const event of events) {
    if (event.type === "plan.ready") planned = true;
    if (event.type === "step.finished") finished.add(event.step);
    if (event.type !== "call.finished") continue;
    const { integration, step, operation, write, durationMs, at } = event;
    const later = step !== undefined && finished.has(step) ? "verify" : "apply";
    const phase = step === undefined ? "health" : planned ? later : "plan";
    const end = at - began;
    calls.push({ integration, step, operation, write, phase, start: end - durationMs, end });
  }
  return calls;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
