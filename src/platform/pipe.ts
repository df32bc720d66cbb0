import { closeSync, constants, openSync, readSync, statSync } from "node:fs";

/** How long is waited, in ms: for somebody to open a pipe for writing, and for the next byte then. */
export interface Patience {
  readonly nobodyMs: number;
  readonly silentMs: number;
}

const usual: Patience = { nobodyMs: 3_000, silentMs: 60_000 };
const pauseMs = 10;

/** Whether it is a pipe: a FIFO, or what a shell makes of `<(command)`. */
export function isPipe(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
  } catch {
    return false;
  }
}

/**
 * What comes out of a pipe, at most `most` bytes. Opened as a file it would be waited for without an
 * end; so a signal is heard when patience ends, if not before.
 *
 * @throws what the file system says; with the code ETIMEDOUT where nothing comes
 */
export function readPipe(path: string, most: number, patience: Patience = usual): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const clock = new Int32Array(new SharedArrayBuffer(4));
  const buffer = Buffer.alloc(most);
  let length = 0;
  let [nobodyMs, silentMs] = [0, 0];
  try {
    while (length < most) {
      const more = readSome(file, buffer, length);
      if (more === 0 && length > 0) break;
      if (more !== undefined && more > 0) {
        length += more;
        silentMs = 0;
        continue;
      }
      // No end but no beginning either: nobody has it open for writing, or not yet.
      if (more === 0) nobodyMs += pauseMs;
      else silentMs += pauseMs;
      if (nobodyMs > patience.nobodyMs || silentMs > patience.silentMs) {
        throw Object.assign(new Error(`nothing came from ${path}`), { code: "ETIMEDOUT" });
      }
      Atomics.wait(clock, 0, 0, pauseMs);
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** `undefined`: somebody has it open for writing, and has written nothing more yet. */
function readSome(file: number, buffer: Buffer, from: number): number | undefined {
  try {
    return readSync(file, buffer, from, buffer.length - from, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return undefined;
    throw error;
  }
}
