// npm run bench:journal: what it costs to make a record durable.
//
// One interleaved run in one folder: the disk's speed drifts, ratios within a run hold.
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EntryBody } from "../src/core/journal.ts";
import { sqliteJournal } from "../src/platform/store/journal.ts";

const rounds = 40;
const perRound = 25;
const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), "testx-bench-journal-"));
const journal = sqliteJournal(join(folder, "state"), Date);

/** A record of about 200 bytes: a rollback point. */
const record = (n: number): EntryBody => ({
  type: "undo-intent",
  op: `operation${String(n).padStart(7, "0")}`,
  step: `integration.${"x".repeat(80)}`,
});
const text = `${JSON.stringify(record(0)).padEnd(199)}\n`;
const raw = openSync(join(folder, "raw"), "a");

interface Way {
  readonly name: string;
  readonly goal?: string;
  /** Makes `perRound` records durable. */
  run(): Promise<void> | void;
}

const oneByOne = (once: (n: number) => Promise<unknown> | unknown) => async () => {
  for (let n = 0; n < perRound; n += 1) await once(n);
};

const rewrite = (resources: number) => {
  const state = Object.fromEntries(
    Array.from({ length: resources }, (_, n) => [`resource.${n}`, record(n)]),
  );
  return oneByOne((n) => {
    state[`resource.${n % resources}`] = record(n);
    const draft = join(folder, "state.json.new");
    const handle = openSync(draft, "w");
    writeSync(handle, JSON.stringify(state));
    fsyncSync(handle);
    closeSync(handle);
    renameSync(draft, join(folder, "state.json"));
    const directory = openSync(folder, "r");
    fsyncSync(directory);
    closeSync(directory);
  });
};

const ways: readonly Way[] = [
  {
    name: "raw append + fdatasync",
    run: oneByOne(() => {
      writeSync(raw, text);
      fdatasyncSync(raw);
    }),
  },
  {
    name: "journal, one writer",
    goal: "≤ 1.15",
    run: oneByOne((n) => journal.append("bench", [record(n)])),
  },
  {
    name: "journal, 64 writers",
    goal: "≤ 1/20 of one writer",
    run: async () => {
      await Promise.all(
        Array.from({ length: 64 }, async (_, writer) => {
          for (let n = 0; n < perRound; n += 1) {
            await journal.append(`bench-${writer}`, [record(n)]);
          }
        }),
      );
    },
  },
  { name: "JSON file rewritten, 10 resources", run: rewrite(10) },
  { name: "JSON file rewritten, 1,000 resources", run: rewrite(1_000) },
];
const records = (way: Way) => (way.name.includes("64") ? 64 * perRound : perRound);

const times = new Map(ways.map((way) => [way, [] as number[]]));
await journal.append("bench", [{ type: "run-started", command: "setup" }]);
try {
  for (let round = -1; round < rounds; round += 1) {
    const turn = Math.max(round, 0) % ways.length;
    for (const way of [...ways.slice(turn), ...ways.slice(0, turn)]) {
      const started = performance.now();
      await way.run();
      const each = (performance.now() - started) / records(way);
      if (round >= 0) times.get(way)?.push(each);
    }
  }
} finally {
  closeSync(raw);
  journal.close();
  rmSync(folder, { recursive: true, force: true });
}

const of = (index: number) => times.get(ways[index] as Way) ?? [];
const ratioTo = (way: Way, base: readonly number[]) =>
  median((times.get(way) ?? []).map((time, round) => time / (base[round] ?? Number.NaN)));
const gain = 1 / ratioTo(ways[2] as Way, of(1));

console.log(`Node ${process.versions.node}, ${rounds} interleaved rounds of ${perRound} records`);
console.table(
  ways.map((way) => ({
    "one durable record": way.name,
    "median µs": (median(times.get(way) ?? []) * 1_000).toFixed(0),
    "× raw": ratioTo(way, of(0)).toFixed(2),
    goal: way.goal ?? "",
  })),
);
console.log(`64 writers: ${gain.toFixed(1)} × the records of one writer (goal ≥ 20)`);
if (ratioTo(ways[1] as Way, of(0)) > 1.15 || gain < 20) process.exitCode = 1;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
