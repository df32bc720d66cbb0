import { existsSync } from "node:fs";
import { getBuiltinModule } from "node:process";
import type { DatabaseSync, DatabaseSyncOptions } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { fail, withoutSqlite } from "../core/failure.ts";

/** Opens a database. SQLite itself is loaded for the first one: not every command has any. */
export function openSqlite(file: string | URL, options: DatabaseSyncOptions = {}): DatabaseSync {
  const sqlite: typeof import("node:sqlite") | undefined = getBuiltinModule("node:sqlite");
  if (sqlite === undefined) return fail("NODE_LIMITED", withoutSqlite);
  return new sqlite.DatabaseSync(file, options);
}

/** The primary result code (https://sqlite.org/rescode.html); `undefined`: the error is not SQLite's. */
export function resultCode(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}

/**
 * To read from, leaving everything as it is. SQLite would leave the files behind that writers share;
 * where there are none, it is told that there is no writer.
 */
export function openToRead(file: string, timeout: number): DatabaseSync {
  const url = pathToFileURL(file);
  if (!existsSync(`${file}-wal`)) url.searchParams.set("immutable", "1");
  return openSqlite(url, { timeout, readOnly: true });
}

/** Of the file: corrupt, or no database at all. Other codes say nothing of it. */
export function isCorrupt(error: unknown): boolean {
  const code = resultCode(error);
  return code === 11 || code === 26;
}
