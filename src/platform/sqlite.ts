import { getBuiltinModule } from "node:process";
import type { DatabaseSync, DatabaseSyncOptions } from "node:sqlite";

/** Opens a database. SQLite itself is loaded for the first one: not every command has any. */
export function openSqlite(file: string | URL, options: DatabaseSyncOptions = {}): DatabaseSync {
  const sqlite = getBuiltinModule("node:sqlite");
  return new sqlite.DatabaseSync(file, options);
}
