import { close, lstatSync, open, read } from "node:fs";
import { isPipe, readPipe } from "../pipe.ts";
import { whyUnreadable } from "../unreadable.ts";
import { brokenSource, type Source, sourceOf } from "./source.ts";

/** Bytes; a sequence of a thousand steps takes about a tenth of it. */
export const largest = 1_048_576;

/**
 * Reads a JSON file with positions. `undefined`: there is no such file. What keeps it from
 * being read (rights, size, encoding) is a problem of the source like any mistake in it.
 */
export async function readSource(path: string, shownAs: string): Promise<Source | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readAtMost(path, largest + 1);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const absent = code === "ENOENT" || code === "ENOTDIR";
    if (absent && lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    const why = whyUnreadable(path, code) ?? String(error);
    return brokenSource(shownAs, "CONFIG_UNREADABLE", `The file cannot be read: ${why}.`);
  }
  return decode(bytes, shownAs);
}

export function decode(bytes: Uint8Array, shownAs: string): Source {
  if (bytes.length > largest) {
    const message = `The file is larger than ${largest.toLocaleString("en-US")} bytes.`;
    return brokenSource(shownAs, "CONFIG_TOO_LARGE", message);
  }
  const isUtf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  try {
    // The decoder takes a byte order mark away.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!isUtf16) return sourceOf(shownAs, text);
  } catch {
    // Told below.
  }
  const message = isUtf16
    ? "The file is UTF-16; save it as UTF-8."
    : `The file is not UTF-8: byte ${firstBadByte(bytes)} belongs to no character.`;
  return brokenSource(shownAs, "CONFIG_NOT_UTF8", message);
}

/** Its number, from 1. */
function firstBadByte(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle;
    }
  }
  return high;
}

async function readAtMost(path: string, most: number): Promise<Uint8Array> {
  if (isPipe(path)) return readPipe(path, most);
  const file = await done<number>((told) => open(path, "r", told));
  try {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < most) {
      const part = new Uint8Array(Math.min(65_536, most - length));
      const bytesRead = await done<number>((told) => read(file, part, told));
      if (bytesRead === 0) break;
      parts.push(part.subarray(0, bytesRead));
      length += bytesRead;
    }
    return Buffer.concat(parts);
  } finally {
    await done((told) => close(file, told));
  }
}

/** node:fs/promises, which takes longer to load than to read the files, is needed for nothing else. */
function done<T>(begin: (told: (error: Error | null, result?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    begin((error, result) => (error ? reject(error) : resolve(result as T)));
  });
}
