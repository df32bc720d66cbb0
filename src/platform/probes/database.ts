import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { openToRead } from "../sqlite.ts";

/** What is wrong with an SQLite file; `undefined`: nothing, or there is none. Changes nothing. */
export function databaseDamage(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  let db: DatabaseSync | undefined;
  try {
    db = openToRead(file, 500);
    const found = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    return found === "ok" ? undefined : String(found).split("\n").at(-1);
  } catch (error) {
    const { errcode = 0, message } = error as Error & { errcode?: number };
    return damaged.has(errcode & 0xff) ? message : undefined;
  } finally {
    db?.close();
  }
}

/** SQLite's result codes: corrupt, not a database. Others say nothing of the file. */
const damaged: ReadonlySet<number> = new Set([11, 26]);
