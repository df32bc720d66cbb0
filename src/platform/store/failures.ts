import { accessSync, constants, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { fail, rootFailure } from "../../core/failure.ts";
import { whyUnreadable } from "../unreadable.ts";

/** SQLite's primary result codes; the low byte of `errcode`. */
const sqlite = {
  error: 1,
  perm: 3,
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  schema: 17,
  constraint: 19,
  mismatch: 20,
  noLargeFiles: 22,
  format: 24,
  notADatabase: 26,
} as const;
const shortRead = 522;

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
      // Our statements are always the same: if one does not fit the file, the file is not as
      // it was made.
      case sqlite.error:
      case sqlite.schema:
      case sqlite.constraint:
      case sqlite.mismatch:
      case sqlite.format:
        return corrupt(file, reason, error);
      case sqlite.full:
        return fail("STATE_DISK_FULL", `No space left for ${file}.`, {}, error);
      case sqlite.busy:
      case sqlite.locked:
        return fail("STATE_BUSY", `${file} is in use by another process.`, {}, error);
      case sqlite.readOnly:
        // A file whose header asks for it is read-only too.
        return usable(file) ? corrupt(file, reason, error) : readOnly(file, error);
      case sqlite.perm:
        return readOnly(file, error);
      case sqlite.io:
        // Part of a page is missing: the file was cut.
        if (errcode === shortRead) return corrupt(file, reason, error);
        return ioFailure(file, `${reason} (SQLite error ${errcode})`, error);
      case sqlite.cannotOpen:
      case sqlite.noMemory:
      case sqlite.protocol:
      case sqlite.noLargeFiles:
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
    case "EPERM": {
      const why = whyUnreadable(file, code) ?? "";
      if (!why.startsWith("the folder")) return readOnly(file, error);
      return fail("STATE_READ_ONLY", `${file} cannot be used: ${why}.`, {}, error);
    }
    case "EROFS":
      return readOnly(file, error);
    default: {
      const why = whyUnreadable(file, code);
      if (why === undefined) throw error;
      return fail("STATE_IO", `${file} cannot be used: ${why}.`, {}, error);
    }
  }
}

export function corrupt(file: string, reason: string, cause?: unknown): never {
  return fail("JOURNAL_CORRUPT", `${file} is damaged: ${reason}.`, { details: { file } }, cause);
}

function readOnly(file: string, cause: unknown): never {
  return fail("STATE_READ_ONLY", `${file} cannot be written.`, {}, cause);
}

/** SQLite reports several causes as one: looks which it was. */
function ioFailure(file: string, reason: string, cause: unknown): never {
  if (!usable(file)) return readOnly(file, cause);
  if (full(dirname(file))) return fail("STATE_DISK_FULL", `No space left for ${file}.`, {}, cause);
  return fail("STATE_IO", `${file} cannot be read or written: ${reason}.`, {}, cause);
}

function usable(file: string): boolean {
  return writable(dirname(file)) && writable(file, true);
}

function writable(path: string, ifThere = false): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    return ifThere && (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

/** What SQLite could not write may have been given back by now, so a little that is left is none. */
const nextToNothing = 256 * 1024;

function full(folder: string): boolean {
  try {
    const { bavail, bsize, files, ffree } = statfsSync(folder);
    return bavail * bsize < nextToNothing || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}
