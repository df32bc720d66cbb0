import { rmSync, writeFileSync } from "node:fs";
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { TestxError } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import { openDatabase, stateError, unreadable } from "./database.ts";
import { type Holder, holderFile } from "./holder.ts";
import type { LogEntry } from "./log.ts";

export interface Stored {
  /** By service id. */
  readonly states: Record<string, JsonObject>;
  readonly counter: number;
  readonly seed: JsonObject;
  /** As it was then, but for what has been trimmed since. */
  log(): readonly LogEntry[];
}

export interface Unsaved {
  /** JSON text by service id. */
  readonly states: ReadonlyMap<string, string>;
  readonly counter: number;
  readonly seed?: string;
  readonly log: readonly LogEntry[];
  readonly clearLog?: boolean;
}

/**
 * Where a sandbox's state outlives its process. What `save` has returned from survives the
 * death of the process, but not of the machine: the accounts are made up, so nothing is synced.
 * The file is locked for as long as it is open; the lock dies with the process.
 */
export class SandboxStore {
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #putState: StatementSync;
  readonly #putMeta: StatementSync;
  readonly #addLog: StatementSync;
  readonly #trimLog: StatementSync;

  /**
   * @throws TestxError SANDBOX_STATE_LOCKED when another process has it open,
   * SANDBOX_STATE_UNREADABLE, SANDBOX_STATE_UNWRITABLE
   */
  constructor(file: string, logLimit: number) {
    this.#file = file;
    this.#db = openDatabase(file);
    try {
      this.#putState = this.#db.prepare("INSERT OR REPLACE INTO service VALUES (?, ?)");
      this.#putMeta = this.#db.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)");
      this.#addLog = this.#db.prepare("INSERT INTO log (entry) VALUES (?)");
      this.#trimLog = this.#db.prepare(
        `DELETE FROM log WHERE seq <= (SELECT max(seq) FROM log) - ${Math.trunc(logLimit)}`,
      );
    } catch (error) {
      this.#db.close();
      throw stateError(file, error);
    }
  }

  /** What was saved last; `undefined` when nothing ever was. */
  load(): Stored | undefined {
    try {
      const meta = new Map(
        this.#db
          .prepare("SELECT name, value FROM meta")
          .all()
          .map((row) => [row.name, String(row.value)]),
      );
      const counter = meta.get("counter");
      if (counter === undefined) return undefined;
      const states: Record<string, JsonObject> = {};
      for (const row of this.#db.prepare("SELECT id, state FROM service").all()) {
        states[String(row.id)] = JSON.parse(String(row.state)) as JsonObject;
      }
      const newest = this.#db.prepare("SELECT max(seq) AS seq FROM log").get()?.seq ?? 0;
      return {
        states,
        counter: Number(counter),
        seed: JSON.parse(meta.get("seed") ?? "{}") as JsonObject,
        log: () => this.#log(newest),
      };
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #log(newest: SQLOutputValue): LogEntry[] {
    try {
      return this.#db
        .prepare("SELECT entry FROM log WHERE seq <= ? ORDER BY seq")
        .all(newest)
        .map((row) => JSON.parse(String(row.entry)) as LogEntry);
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #unreadable(error: unknown): TestxError {
    if (error instanceof SyntaxError) return unreadable(this.#file, error.message, error);
    return stateError(this.#file, error);
  }

  /** All of it or, when it throws, nothing. @throws TestxError SANDBOX_STATE_UNWRITABLE */
  save(unsaved: Unsaved): void {
    try {
      this.#db.exec("BEGIN");
      for (const [id, state] of unsaved.states) this.#putState.run(id, state);
      this.#putMeta.run("counter", String(unsaved.counter));
      if (unsaved.seed !== undefined) this.#putMeta.run("seed", unsaved.seed);
      if (unsaved.clearLog) this.#db.exec("DELETE FROM log");
      for (const entry of unsaved.log) this.#addLog.run(JSON.stringify(entry));
      if (unsaved.log.length > 0) this.#trimLog.run();
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw stateError(this.#file, error);
    }
  }

  /** Tells other processes, which cannot read a locked file, where this sandbox is reached. */
  announce(holder: Holder): void {
    try {
      writeFileSync(holderFile(this.#file), `${JSON.stringify(holder)}\n`, { mode: 0o600 });
    } catch (error) {
      throw stateError(this.#file, error);
    }
  }

  close(): void {
    rmSync(holderFile(this.#file), { force: true });
    this.#db.close();
  }
}
