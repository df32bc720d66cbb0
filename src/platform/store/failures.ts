import { accessSync, constants, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { fail, rootFailure } from "../../core/failure.ts";

/** SQLite's primary result codes; the low byte of `errcode`. */
const sqlite = {
  perm: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/**
 * Throws a `TestxError` that says what is wrong with the state folder. Errors that already are
 * one pass through; what is neither of the operating system nor of SQLite is a bug and does too.
 */
export function throwStoreFailure(error: unknown, file: string): never {
  if (rootFailure(error)) throw error;
  const { errcode, errstr, code } = error as { errcode?: number; errstr?: string; code?: string };
  if (code === "ERR_SQLITE_ERROR" && errcode !== undefined) {
    const reason = errstr ?? `SQLite error ${errcode}`;
    switch (errcode & 0xff) {
      case sqlite.corrupt:
      case sqlite.notADatabase:
        return corrupt(file, reason, error);
      case sqlite.full:
        return fail("STATE_DISK_FULL", `No space left for ${file}.`, {}, error);
      case sqlite.busy:
      case sqlite.locked:
        return fail("STATE_BUSY", `${file} is in use by another process.`, {}, error);
      case sqlite.readOnly:
      case sqlite.perm:
        return fail("STATE_READ_ONLY", `${file} cannot be written.`, {}, error);
      case sqlite.cannotOpen:
      case sqlite.io:
        return ioFailure(file, `${reason} (SQLite error ${errcode})`, error);
      default:
        throw error;
    }
  }
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return fail("STATE_DISK_FULL", `No space left for ${file}.`, {}, error);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return fail("STATE_READ_ONLY", `${file} cannot be written (${code}).`, {}, error);
    default:
      if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
      return fail("STATE_IO", `${file} cannot be used (${code}).`, {}, error);
  }
}

export function corrupt(file: string, reason: string, cause?: unknown): never {
  return fail("JOURNAL_CORRUPT", `${file} is damaged: ${reason}.`, { details: { file } }, cause);
}

/** SQLite reports several causes as one: looks which it was. */
function ioFailure(file: string, reason: string, cause: unknown): never {
  if (!writable(dirname(file)) || !writable(file, true)) {
    return fail("STATE_READ_ONLY", `${file} cannot be written.`, {}, cause);
  }
  if (full(dirname(file))) return fail("STATE_DISK_FULL", `No space left for ${file}.`, {}, cause);
  return fail("STATE_IO", `${file} cannot be read or written: ${reason}.`, {}, cause);
}

function writable(path: string, ifThere = false): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    return ifThere && (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

function full(folder: string): boolean {
  try {
    return statfsSync(folder).bavail === 0;
  } catch {
    return false;
  }
}
