import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { FileFacts, FileProbe } from "../../core/probes.ts";

const small = 1024 * 1024;
const tailBytes = 256 * 1024;

/** @param uid of this user; `undefined` where the platform has none */
export function fileProbe(uid: number | undefined): FileProbe {
  const look = (path: string): FileFacts | undefined => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    return {
      path,
      kind: stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other",
      mode: stats.mode & 0o777,
      size: stats.size,
      own: uid === undefined || stats.uid === uid,
      writable: can(path, constants.W_OK),
    };
  };
  return {
    look: (path) => quiet(() => look(path)),
    list: (folder) =>
      quiet(() =>
        readdirSync(folder)
          .sort()
          .flatMap((name) => quiet(() => look(join(folder, name))) ?? []),
      ) ?? [],
    free(path) {
      for (let at = path; ; at = dirname(at)) {
        const found = quiet(() => statfsSync(at));
        if (found !== undefined) return found.bavail * found.bsize;
        if (dirname(at) === at) return undefined;
      }
    },
    read: (path) =>
      quiet(() => ((look(path)?.size ?? 0) > small ? undefined : readFileSync(path, "utf8"))),
    tail: (path) => quiet(() => (look(path)?.kind === "file" ? tail(path) : undefined)),
  };
}

function tail(path: string): string {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const from = Math.max(0, size - tailBytes);
    const bytes = Buffer.alloc(size - from);
    const text = bytes.toString("utf8", 0, readSync(file, bytes, 0, bytes.length, from));
    return from === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    closeSync(file);
  }
}

function can(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** What cannot be looked at is told by the checks that use it. */
function quiet<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
