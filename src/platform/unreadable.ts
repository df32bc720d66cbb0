import { accessSync, constants, readlinkSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Why a file cannot be read, in words that follow a colon.
 *
 * @param code of the operating system; `undefined`, or one that is none, gives `undefined`
 */
export function whyUnreadable(path: string, code: string | undefined): string | undefined {
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return undefined;
  if (code === "ENOENT") {
    const target = linkIn(path);
    return target === undefined
      ? "there is no such file"
      : `it is a link to ${target}, which is not there`;
  }
  if (code === "EACCES" || code === "EPERM") {
    const folder = lockedFolder(path);
    return folder === undefined
      ? "its permissions do not allow it"
      : `the folder ${folder} may not be entered`;
  }
  return words[code] ?? code;
}

const words: Readonly<Record<string, string>> = {
  EEXIST: "something else has its name",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  ENOTDIR: "part of its path is no folder",
  ETIMEDOUT: "nothing came from it in time",
  EIO: "the disk failed (EIO)",
};

function linkIn(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** The highest on the way that keeps out. */
function lockedFolder(path: string): string | undefined {
  let locked: string | undefined;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      accessSync(folder, constants.X_OK);
      return locked;
    } catch {
      locked = folder;
    }
    if (dirname(folder) === folder) return locked;
  }
}
