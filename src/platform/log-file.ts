import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";

export interface LogFile {
  /** Throws what the operating system says. Written when it returns: there is nothing to flush. */
  write(line: string): void;
  close(): void;
}

const { O_APPEND, O_CREAT, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/**
 * Opens a file to append to; made with mode 0600. Each line is one write, so that several
 * processes can use it at once and a killed one loses no more than the line under way.
 */
export function openLogFile(path: string): LogFile {
  // A pipe that nobody reads must not hold testx up.
  const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
  let torn = endsWithin(path, fd);
  return {
    write(line) {
      const bytes = Buffer.from(`${torn ? "\n" : ""}${line}\n`);
      const written = writeSync(fd, bytes);
      torn = written < bytes.length;
      // What is left says why it could not be written with it.
      if (torn) writeSync(fd, bytes, written);
      torn = false;
    },
    close: () => closeSync(fd),
  };
}

/** Whether the last line was cut: by a kill, or by a full disk. */
function endsWithin(path: string, log: number): boolean {
  const stat = fstatSync(log);
  if (!stat.isFile() || stat.size === 0) return false;
  let fd: number | undefined;
  try {
    fd = openSync(path, O_RDONLY);
    const last = Buffer.alloc(1);
    readSync(fd, last, 0, 1, stat.size - 1);
    return last[0] !== 0x0a;
  } catch {
    // It may be ours to write and not to read.
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
