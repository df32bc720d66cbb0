import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  type Stats,
  type StatsFs,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import type { FileFacts, FileProbe, Room } from "../../core/probes.ts";
import { whyUnreadable } from "../unreadable.ts";

const small = 1024 * 1024;
const tailBytes = 256 * 1024;

/** @param uid of this user; `undefined` where the platform has none */
export function fileProbe(uid: number | undefined): FileProbe {
  const look = (path: string): FileFacts | undefined => {
    const { stats, lost } = factsOf(path) ?? {};
    if (lost !== undefined) {
      return { path, kind: "other", mode: (stats?.mode ?? 0) & 0o777, size: 0, own: false, lost };
    }
    if (stats === undefined) return undefined;
    // Into a folder that may not be entered nothing can be written.
    const wanted = constants.W_OK | (stats.isDirectory() ? constants.X_OK : 0);
    const refused = refusal(path, wanted);
    return {
      path,
      kind: stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other",
      mode: stats.mode & 0o777,
      size: stats.size,
      own: uid === undefined || stats.uid === uid,
      ...(refused !== undefined && { refused }),
    };
  };
  return {
    look: (path) => quiet(() => look(path)),
    list: (folder) => quiet(() => readdirSync(folder)) ?? [],
    free(path) {
      for (let at = path; ; at = dirname(at)) {
        const found = quiet(() => statfsSync(at));
        if (found !== undefined) return roomOf(found);
        if (dirname(at) === at) return undefined;
      }
    },
    read: (path) =>
      quiet(() => {
        const found = look(path);
        // Reading a pipe would take what it holds away, or never end.
        return found?.kind === "file" && found.size <= small
          ? readFileSync(path, "utf8")
          : undefined;
      }),
    tail: (path) => quiet(() => (look(path)?.kind === "file" ? tail(path) : undefined)),
    mayOpen,
  };
}

function mayOpen(many: number): boolean {
  const open: number[] = [];
  try {
    while (open.length < many) open.push(openSync("/", "r"));
    return true;
  } catch (error) {
    return !["EMFILE", "ENFILE"].includes((error as NodeJS.ErrnoException).code ?? "");
  } finally {
    for (const file of open) closeSync(file);
  }
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

/** With why nobody gets to it, if nobody does. */
function factsOf(path: string): { stats?: Stats | undefined; lost?: string } | undefined {
  try {
    return { stats: statSync(path) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const stats = quiet(() => lstatSync(path));
    // Not even a link; or a name that nothing can have.
    if (stats === undefined && code !== "ENAMETOOLONG") return undefined;
    return { stats, lost: whyUnreadable(path, code) ?? String(error) };
  }
}

/** What a file system has that keeps nothing, such as /proc, says nothing of a disk. */
function roomOf({ blocks, bavail, bsize, files, ffree }: StatsFs): Room | undefined {
  if (blocks === 0) return undefined;
  return { bytes: bavail * bsize, ...(files > 0 && { files: ffree }) };
}

function refusal(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "EACCES";
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
