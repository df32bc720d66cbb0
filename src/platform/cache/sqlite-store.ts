import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { KeyvStorageEntry } from "keyv";
import { isDamage, openExpendable, removeDatabase } from "../expendable.ts";
import type { CacheStore, Limits } from "./store.ts";

/** How long another process may hold the file, in ms. A cache is not worth waiting for. */
const busyMs = 500;
/** A use is noted at most this often, in ms: looking something up is no write. */
const usedEveryMs = 60_000;
/** After so many entries it is looked whether there is too much. */
const tidyEvery = 100;

/** A statement, made at its first use. */
type Sql = (text: string) => StatementSync;

interface Open {
  readonly db: DatabaseSync;
  readonly statements: Map<string, StatementSync>;
}

/**
 * A keyv store in one SQLite file (mode 0600), opened at first use. What another process wrote
 * is seen; of a crash it may lose the last entries. A damaged file is replaced by an empty one
 * where it is testx's own; one that somebody has named may be another program's, and stays as it
 * is. What has not been used for longest goes when there is too much.
 */
export class SqliteStore implements CacheStore {
  /** Tells keyv that expiry times are kept here, so that it does not wrap this store. */
  readonly capabilities = { expires: true } as const;
  readonly #file: string;
  readonly #limits: Limits;
  readonly #onDiscard: ((reason: string) => void) | undefined;
  #open: Open | undefined;
  #set = 0;

  /** @param onDiscard hears why the file was thrown away; without it, none ever is */
  constructor(file: string, limits: Limits, onDiscard?: (reason: string) => void) {
    this.#file = file;
    this.#limits = limits;
    this.#onDiscard = onDiscard;
  }

  async get<T>(key: string): Promise<T | undefined> {
    return this.#use((sql) => {
      const now = Date.now();
      const row = sql(
        "SELECT value, used FROM entries WHERE key = ? AND (expires IS NULL OR expires > ?)",
      ).get(key, now);
      if (row === undefined) return undefined;
      // keyv reads it again; here damage can still be told from a miss.
      JSON.parse(row.value as string);
      if (now - (row.used as number) > usedEveryMs) {
        sql("UPDATE entries SET used = ? WHERE key = ?").run(now, key);
      }
      return row.value as T;
    });
  }

  async set(key: string, value: unknown, expires?: number): Promise<boolean> {
    this.#use((sql) => this.#put(sql, key, value, expires));
    return true;
  }

  async setMany(entries: readonly KeyvStorageEntry[]): Promise<boolean[]> {
    this.#use((sql) => {
      sql("BEGIN IMMEDIATE").run();
      try {
        for (const { key, value, expires } of entries) this.#put(sql, key, value, expires);
        sql("COMMIT").run();
      } catch (error) {
        if (this.#open?.db.isTransaction) sql("ROLLBACK").run();
        throw error;
      }
    });
    return entries.map(() => true);
  }

  async delete(key: string): Promise<boolean> {
    return this.#use((sql) => sql("DELETE FROM entries WHERE key = ?").run(key).changes > 0);
  }

  async clear(): Promise<void> {
    this.#use((sql) => sql("DELETE FROM entries").run());
  }

  async *iterator(): AsyncGenerator<[string, string]> {
    const rows = this.#use((sql) =>
      sql("SELECT key, value FROM entries WHERE expires IS NULL OR expires > ?").all(Date.now()),
    );
    for (const { key, value } of rows) yield [key as string, value as string];
  }

  async disconnect(): Promise<void> {
    this.close();
  }

  close(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    try {
      if (this.#set > 0) this.#tidy((text) => prepared(open, text));
    } catch {
      // Another process is at it, or will be.
    }
    open.db.close();
  }

  #put(sql: Sql, key: string, value: unknown, expires: number | undefined): void {
    const text = String(value);
    sql(
      "INSERT OR REPLACE INTO entries (key, value, expires, used, size) VALUES (?, ?, ?, ?, ?)",
    ).run(key, text, expires ?? null, Date.now(), Buffer.byteLength(text));
    this.#set += 1;
    if (this.#set % tidyEvery === 0) this.#tidy(sql);
  }

  /** Takes away what has run out, and of answers what is too much. */
  #tidy(sql: Sql): void {
    sql("DELETE FROM entries WHERE expires <= ?").run(Date.now());
    const { entries, bytes, evicts } = this.#limits;
    // Newest first; each row with what it and all before it come to.
    sql(
      `DELETE FROM entries WHERE key IN (
         SELECT key FROM (
           SELECT key, row_number() OVER recent AS place, sum(size) OVER recent AS total
           FROM entries WHERE substr(key, 1, ?) = ?
           WINDOW recent AS (ORDER BY used DESC, rowid DESC)
         ) WHERE place > ? OR total > ?)`,
    ).run(evicts.length, evicts, entries, bytes);
  }

  #use<T>(work: (sql: Sql) => T): T {
    try {
      return this.#with(work);
    } catch (error) {
      if (this.#onDiscard === undefined || !isDamage(error)) throw error;
      this.#open?.db.close();
      this.#open = undefined;
      removeDatabase(this.#file);
      this.#onDiscard((error as Error).message);
      return this.#with(work);
    }
  }

  #with<T>(work: (sql: Sql) => T): T {
    this.#open ??= {
      db: open(this.#file, this.#onDiscard !== undefined),
      statements: new Map(),
    };
    const now = this.#open;
    return work((text) => prepared(now, text));
  }
}

function prepared({ db, statements }: Open, text: string): StatementSync {
  const known = statements.get(text);
  if (known !== undefined) return known;
  const statement = db.prepare(text);
  statements.set(text, statement);
  return statement;
}

const schema = `CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL,
  expires INTEGER, used INTEGER NOT NULL, size INTEGER NOT NULL) STRICT`;

function open(file: string, own: boolean): DatabaseSync {
  const check = own ? {} : { check: refuseOthers };
  const db = openExpendable(file, { timeout: busyMs, schema, wal: true, ...check });
  try {
    db.prepare("DELETE FROM entries WHERE expires <= ?").run(Date.now());
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Another program's database is neither changed nor given a table of ours. */
function refuseOthers(db: DatabaseSync): void {
  const tables = db.prepare("SELECT name FROM sqlite_schema").all();
  if (tables.length === 0) return;
  const columns = db.prepare("SELECT name FROM pragma_table_info('entries')").all();
  const names = columns.map(({ name }) => name).join(" ");
  if (names !== "key value expires used size") throw new Error("it is not a cache of testx");
}
