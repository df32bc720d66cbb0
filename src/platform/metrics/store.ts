import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { type Failure, failure } from "../../core/failure.ts";
import {
  addFigures,
  type CallsOf,
  type FiguresOf,
  type MetricsStore,
  noFigures,
} from "../../core/metrics.ts";
import { isDamage, openExpendable, removeDatabase } from "../expendable.ts";
import { decode, encode } from "./encoding.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** How long figures are kept by the hour and, put together, by the day. */
export const kept = { hours: 7 * day, days: 30 * day } as const;
/** So many operations of an integration are told apart in an hour; what comes then is `(others)`. */
const mostOperations = 200;
/** How long another process may hold the file, in ms: nobody waits for figures. */
const busyMs = 250;
/** SQLite's result code: a row that only damage can have made. */
const constraint = 19;
/** `totals` begin here. */
const always = 0;

export interface MetricsOptions {
  /** The state folder; `metrics.db` (mode 0600) is made in it when there is something to keep. */
  readonly folder: string;
  /** Hears of METRICS_DISCARDED. */
  readonly onProblem: (failure: Failure) => void;
}

/**
 * Figures in one SQLite file. A killed process leaves the file whole; after a power cut it may be
 * damaged, and is then begun anew: waiting for the disk would cost more than the figures are worth.
 */
export function metricsStore({ folder, onProblem }: MetricsOptions): MetricsStore {
  const file = join(folder, "metrics.db");
  let db: DatabaseSync | undefined;

  const discard = (error: unknown): void => {
    db?.close();
    db = undefined;
    removeDatabase(file);
    onProblem(failure("METRICS_DISCARDED", `${file} was damaged (${(error as Error).message}).`));
  };
  const use = <T>(work: (db: DatabaseSync) => T): T => {
    try {
      db ??= open(file);
      return work(db);
    } catch (error) {
      if (!isDamage(error, constraint)) throw error;
      discard(error);
      db = open(file);
      return work(db);
    }
  };
  /** Looking makes no file. */
  const look = <T>(none: T, work: (db: DatabaseSync) => T): T =>
    db === undefined && !existsSync(file) ? none : use(work);

  return {
    add: (at, figures, runs) => use((db) => inTransaction(db, () => add(db, at, figures, runs))),
    since: (from) =>
      look([], (db) => {
        const rows = db.prepare(
          "SELECT * FROM figures WHERE start > ? AND start + span > ? ORDER BY start",
        );
        return (rows.all(always, from) as unknown as Row[]).map(figuresOf);
      }),
    totals: () =>
      look([], (db) => {
        const rows = db.prepare("SELECT * FROM figures WHERE start = ?").all(always);
        return (rows as unknown as Row[]).map(figuresOf);
      }),
    runs: () =>
      look(new Map(), (db) => {
        const rows = db.prepare("SELECT run, data FROM runs").all();
        return new Map(
          (rows as { run: string; data: string }[]).map(({ run, data }) => [
            run,
            { run, ...(JSON.parse(data) as Omit<CallsOf, "run">) },
          ]),
        );
      }),
    close() {
      db?.close();
      db = undefined;
    },
  };
}

interface Row {
  readonly start: number;
  readonly span: number;
  readonly integration: string;
  readonly operation: string;
  readonly data: string;
}

function figuresOf({ start, integration, operation, data }: Row) {
  return { start, integration, operation, figures: decode(data) };
}

const schema = `
  CREATE TABLE IF NOT EXISTS figures (
    start INTEGER NOT NULL, span INTEGER NOT NULL,
    integration TEXT NOT NULL, operation TEXT NOT NULL, data TEXT NOT NULL,
    PRIMARY KEY (start, span, integration, operation)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS runs (run TEXT PRIMARY KEY, at INTEGER NOT NULL, data TEXT NOT NULL)
    STRICT, WITHOUT ROWID;`;

function open(file: string): DatabaseSync {
  return openExpendable(file, { timeout: busyMs, schema });
}

function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    work();
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function add(
  db: DatabaseSync,
  at: number,
  figures: readonly FiguresOf[],
  runs: readonly CallsOf[],
): void {
  const put = putter(db);
  const start = at - (at % hour);
  for (const one of figures) {
    put(start, hour, one);
    put(always, 0, one);
  }
  const known = db.prepare("SELECT data FROM runs WHERE run = ?");
  const keep = db.prepare("INSERT OR REPLACE INTO runs (run, at, data) VALUES (?, ?, ?)");
  for (const { run, at, calls, retries } of runs) {
    const before = known.get(run)?.data as string | undefined;
    const earlier = before === undefined ? undefined : (JSON.parse(before) as CallsOf);
    const sum: Record<string, number> = { ...earlier?.calls };
    for (const [id, many] of Object.entries(calls)) sum[id] = (sum[id] ?? 0) + many;
    const data = { at, calls: sum, retries: retries + (earlier?.retries ?? 0) };
    keep.run(run, at, JSON.stringify(data));
  }
  age(db, at, put);
}

type Put = (start: number, span: number, one: FiguresOf) => void;

function putter(db: DatabaseSync): Put {
  const where = "WHERE start = ? AND span = ? AND integration = ? AND operation = ?";
  const known = db.prepare(`SELECT data FROM figures ${where}`);
  const many = db.prepare(
    "SELECT count(*) AS many FROM figures WHERE start = ? AND span = ? AND integration = ?",
  );
  const keep = db.prepare("INSERT OR REPLACE INTO figures VALUES (?, ?, ?, ?, ?)");
  const put: Put = (start, span, { integration, operation, figures }) => {
    const before = known.get(start, span, integration, operation)?.data as string | undefined;
    const others = "(others)";
    if (
      before === undefined &&
      operation !== others &&
      Number(many.get(start, span, integration)?.many) >= mostOperations
    ) {
      put(start, span, { integration, operation: others, figures });
      return;
    }
    const sum = addFigures(before === undefined ? noFigures : decode(before), figures);
    keep.run(start, span, integration, operation, encode(sum));
  };
  return put;
}

/** Puts old hours together to days, and forgets what is too old. */
function age(db: DatabaseSync, now: number, put: Put): void {
  const old = db.prepare("SELECT * FROM figures WHERE span = ? AND start > ? AND start < ?");
  for (const row of old.all(hour, always, now - kept.hours) as unknown as Row[]) {
    put(row.start - (row.start % day), day, figuresOf(row));
  }
  db.prepare("DELETE FROM figures WHERE span = ? AND start > ? AND start < ?").run(
    ...[hour, always, now - kept.hours],
  );
  const first = now - kept.days;
  db.prepare("DELETE FROM figures WHERE start > ? AND start + span < ?").run(always, first);
  db.prepare("DELETE FROM runs WHERE at < ?").run(first);
}
