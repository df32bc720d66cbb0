import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Failure, failure } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import { memoryMemo } from "../core/memory-memo.ts";
import type { Memo } from "../core/ports.ts";
import { isDamage, openExpendable, removeDatabase } from "./expendable.ts";

export interface MemoOptions {
  /** The state folder; `gateway.db` is made in it when something is first kept. */
  readonly folder: string;
  /** Hears of MEMO_DISCARDED and MEMO_IN_MEMORY. Losing it fails nothing. */
  readonly onProblem: (failure: Failure) => void;
}

export interface OpenMemo extends Memo {
  close(): void;
}

/** How long another process may hold the file, in ms; each holds it for a fraction of one. */
const busyMs = 2_000;

/**
 * The gateway's memory, in one SQLite file (mode 0600) that several processes may work on. What
 * was kept outlives the process however it dies; a crash of the machine may lose the last of it.
 * Reading makes no file. A damaged one is thrown away; where there can be none, memory serves.
 */
export function sqliteMemo({ folder, onProblem }: MemoOptions): OpenMemo {
  const file = join(folder, "gateway.db");
  let open: Open | undefined;
  let instead: Memo | undefined;
  let healed = false;

  const close = (): void => {
    const closing = open;
    open = undefined;
    try {
      closing?.close();
    } catch {
      // It was damaged: what is to be told of that has been.
    }
  };
  const use = <T>(work: (memo: Memo) => T, making: boolean, nothing: T): T => {
    if (instead !== undefined) return work(instead);
    try {
      if (open === undefined) {
        if (!making && !existsSync(file)) return nothing;
        open = openFile(file);
      }
      return work(open);
    } catch (error) {
      if (error instanceof Thrown) throw error.cause;
      close();
      if (isDamage(error) && !healed) {
        healed = true;
        removeDatabase(file);
        onProblem(failure("MEMO_DISCARDED", `${file} was damaged (${text(error)}).`));
        return use(work, making, nothing);
      }
      instead = memoryMemo();
      onProblem(
        failure("MEMO_IN_MEMORY", `${file} cannot be used (${text(error).replace(/\.$/, "")}).`),
      );
      return work(instead);
    }
  };

  return {
    get: (key) => use((memo) => memo.get(key), false, undefined),
    update: (key, change) => use((memo) => memo.update(key, change), true, undefined),
    all: (prefix) => use((memo) => memo.all(prefix), false, new Map<string, Json>()),
    close,
  };
}

type Open = OpenMemo;

const schema =
  "CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID";

function openFile(file: string): Open {
  const db = openExpendable(file, { timeout: busyMs, schema, wal: true });
  try {
    return statements(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function statements(db: DatabaseSync): Open {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  const select = db.prepare("SELECT value FROM facts WHERE key = ?");
  const put = db.prepare(
    "INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  const forget = db.prepare("DELETE FROM facts WHERE key = ?");
  const within = db.prepare(
    "SELECT key, value FROM facts WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1 ORDER BY key",
  );
  const read = (key: string): Json | undefined => parse(select, key);
  return {
    get: read,
    update(key, change) {
      begin.run();
      try {
        const now = read(key);
        const next = changed(change, now);
        // What is given back as it came has not changed.
        if (next === undefined) forget.run(key);
        else if (next !== now) put.run(key, JSON.stringify(next));
        commit.run();
      } catch (error) {
        if (db.isTransaction) rollback.run();
        throw error;
      }
    },
    all: (prefix) =>
      new Map(
        within
          .all(prefix)
          .map(({ key, value }) => [String(key), JSON.parse(String(value)) as Json]),
      ),
    close() {
      try {
        db.exec("PRAGMA synchronous = OFF");
      } finally {
        db.close();
      }
    },
  };
}

function parse(select: StatementSync, key: string): Json | undefined {
  const value = select.get(key)?.value;
  return value === undefined ? undefined : (JSON.parse(String(value)) as Json);
}

/** An error of the caller's own, which says nothing about the file. */
class Thrown extends Error {}

function changed(
  change: (now: Json | undefined) => Json | undefined,
  now: Json | undefined,
): Json | undefined {
  try {
    return change(now);
  } catch (cause) {
    throw new Thrown("", { cause });
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
