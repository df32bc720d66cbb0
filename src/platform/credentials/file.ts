import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { capital } from "../../core/capital.ts";
import type { Credential } from "../../core/credential.ts";
import { fail } from "../../core/failure.ts";
import { isPipe, readPipe } from "../pipe.ts";
import { whyUnreadable } from "../unreadable.ts";

/** Far more than any token or key has. */
const mostBytes = 64 * 1024;

export interface FileDeps {
  /** Told the value before anybody else has it. */
  seen(value: string): void;
  /** Told once that the file is read. */
  opened(path: string): void;
}

/** A credential in a file. It is read again as soon as it is another one. */
export function fileCredential(path: string, name: string, deps: FileDeps): Credential {
  let known: { readonly stamp: string; readonly value: string } | undefined;
  const read = (anew: boolean): string => {
    const stamp = stampOf(path);
    if (!anew && known !== undefined) {
      // Being replaced just now: what was in it counts until something else is.
      if (stamp === undefined || stamp === known.stamp) return known.value;
    }
    try {
      const value = contentOf(path, name).trim();
      deps.seen(value);
      if (value === "")
        fail("CREDENTIAL_EMPTY", `${capital(name)} is empty.`, { details: { source: name } });
      if (known === undefined) deps.opened(path);
      known = { stamp: stamp ?? "", value };
      return value;
    } catch (error) {
      if (!anew && known !== undefined) return known.value;
      throw error;
    }
  };
  return { name, renewal: "free", read };
}

/** Changes with the file, however it is replaced: written over, renamed, linked to another. */
function stampOf(path: string): string | undefined {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return undefined;
    // It changes with every word, and what came out of it is gone.
    if (found.isFIFO()) return "a pipe";
    return `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
  } catch {
    return undefined;
  }
}

/** @throws TestxError CREDENTIAL_FILE_UNREADABLE */
export function contentOf(path: string, name: string): string {
  let file: number | undefined;
  const unreadable = (why: string): never =>
    fail("CREDENTIAL_FILE_UNREADABLE", `The file ${path} cannot be read: ${why}.`, {
      details: { source: name, path },
    });
  try {
    const tooLarge = "it is larger than any secret";
    if (isPipe(path)) {
      const bytes = readPipe(path, mostBytes + 1);
      return bytes.length > mostBytes ? unreadable(tooLarge) : textOf(bytes);
    }
    file = openSync(path, "r");
    const found = fstatSync(file);
    if (found.isDirectory()) return unreadable("it is a folder");
    const buffer = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (;;) {
      const more = readSync(file, buffer, length, buffer.length - length, null);
      length += more;
      if (more === 0 || length === buffer.length) break;
    }
    if (length > mostBytes) return unreadable(tooLarge);
    return textOf(buffer.subarray(0, length));
  } catch (error) {
    const why = whyUnreadable(path, (error as NodeJS.ErrnoException).code);
    if (why === undefined) throw error;
    return unreadable(why);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function textOf(bytes: Buffer): string {
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}
