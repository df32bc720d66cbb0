// Preloaded into testx (`node --import`): how long it is busy with its journal, in ms, written to
// the file that TESTX_BENCH_JOURNAL names when the process ends. All of it is counted: opening,
// reading, checksums' statements, and the commits that wait for the disk.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { DatabaseSync, StatementSync } from "node:sqlite";

const sqlite = createRequire(import.meta.url)("node:sqlite") as typeof import("node:sqlite");
const output = process.env.TESTX_BENCH_JOURNAL ?? "";
const statements = new WeakSet<StatementSync>();
let spentMs = 0;
let depth = 0;

function timed<A extends readonly unknown[], R>(
  work: (...args: A) => R,
  args: A,
  self: unknown,
): R {
  const started = performance.now();
  depth += 1;
  try {
    return Reflect.apply(work, self, [...args]);
  } finally {
    depth -= 1;
    if (depth === 0) spentMs += performance.now() - started;
  }
}

const { exec, prepare } = sqlite.DatabaseSync.prototype;
sqlite.DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  return isJournal(this) ? timed(exec, [sql], this) : exec.call(this, sql);
};
sqlite.DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string) {
  if (!isJournal(this)) return prepare.call(this, sql);
  const statement = timed(prepare, [sql], this);
  statements.add(statement);
  return statement;
};
for (const name of ["run", "get", "all"] as const) {
  const original = sqlite.StatementSync.prototype[name] as (...args: unknown[]) => unknown;
  sqlite.StatementSync.prototype[name] = function (this: StatementSync, ...args: unknown[]) {
    return statements.has(this) ? timed(original, args, this) : original.apply(this, args);
  } as never;
}

function isJournal(db: DatabaseSync): boolean {
  // Made under another name and then put in place.
  return /state\.db/.test(db.location() ?? "");
}

process.on("exit", () => {
  if (output !== "") writeFileSync(output, String(spentMs));
});
