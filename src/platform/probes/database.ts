import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { isCorrupt, openToRead } from "../sqlite.ts";

/** What is wrong with an SQLite file; `undefined`: nothing, or there is none. Changes nothing. */
export function databaseDamage(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  let db: DatabaseSync | undefined;
  try {
    db = openToRead(file, 500);
    const found = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    return found === "ok" ? undefined : String(found).split("\n").at(-1);
  } catch (error) {
    return isCorrupt(error) ? (error as Error).message : undefined;
  } finally {
    db?.close();
  }
}
