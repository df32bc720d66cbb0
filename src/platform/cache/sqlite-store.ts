import { chmodSync, closeSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { KeyvStorageAdapter } from "keyv";
import { ensureStateFolder } from "../store/folder.ts";

type Adapter = Pick<KeyvStorageAdapter, "get" | "set" | "delete" | "clear" | "has" | "disconnect">;

/** How long another process may hold the file, in ms. A cache is not worth waiting for. */
const busyMs = 500;

/**
 * A keyv store in one SQLite file (mode 0600), opened at first use. What another process wrote
 * is seen; of a crash it may lose the last entries. A damaged file is replaced by an empty one.
 */
export class SqliteStore implements Adapter {
  /** Tells keyv that expiry times are kept here, so that it does not wrap this store. */
  readonly capabilities = { expires: true } as const;
  readonly #file: string;
  readonly #onDiscard: (reason: string) => void;
  #db: DatabaseSync | undefined;

  constructor(file: string, onDiscard: (reason: string) => void) {
    this.#file = file;
    this.#onDiscard = onDiscard;
  }

  async get<T>(key: string): Promise<T | undefined> {
    return this.#use((db) => {
      const row = db
        .prepare("SELECT value FROM entries WHERE key = ? AND (expires IS NULL OR expires > ?)")
        .get(key, Date.now());
      const value = row?.value as string | undefined;
      // keyv reads it again; here damage can still be told from a miss.
      if (value !== undefined) JSON.parse(value);
      return value as T | undefined;
    });
  }

  async has(key: string): Promise<boolean> {
    return (await this.get(key)) !== undefined;
  }

  async set(key: string, value: unknown, expires?: number): Promise<boolean> {
    return this.#use((db) => {
      db.prepare("INSERT OR REPLACE INTO entries (key, value, expires) VALUES (?, ?, ?)").run(
        key,
        String(value),
        expires ?? null,
      );
      return true;
    });
  }

  async delete(key: string): Promise<boolean> {
    return this.#use((db) => db.prepare("DELETE FROM entries WHERE key = ?").run(key).changes > 0);
  }

  async clear(): Promise<void> {
    this.#use((db) => db.exec("DELETE FROM entries"));
  }

  async disconnect(): Promise<void> {
    this.close();
  }

  close(): void {
    this.#db?.close();
    this.#db = undefined;
  }

  #use<T>(work: (db: DatabaseSync) => T): T {
    try {
      this.#db ??= open(this.#file);
      return work(this.#db);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.close();
      for (const end of ["", "-wal", "-shm"]) rmSync(`${this.#file}${end}`, { force: true });
      this.#onDiscard((error as Error).message);
      this.#db = open(this.#file);
      return work(this.#db);
    }
  }
}

function open(file: string): DatabaseSync {
  ensureStateFolder(dirname(file));
  closeSync(openSync(file, "a", 0o600));
  // The log beside it is made with the mode of the file.
  chmodSync(file, 0o600);
  const db = new DatabaseSync(file, { timeout: busyMs });
  try {
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cell_size_check = ON");
    db.exec(
      "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER) STRICT",
    );
    db.prepare("DELETE FROM entries WHERE expires <= ?").run(Date.now());
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** SQLite's result codes: error (another table's form), corrupt, not a database. */
const damaged: ReadonlySet<number> = new Set([1, 11, 26]);

function isDamage(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === "number" && damaged.has(errcode & 0xff);
}
