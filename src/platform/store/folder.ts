import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { throwStoreFailure } from "./failures.ts";
import { sync } from "./sync.ts";

/**
 * Makes the state folder, for its owner only. A folder that was there is tightened when it is
 * ours by name or empty; `--state .` must not lock others out of a project.
 *
 * @throws TestxError STATE_READ_ONLY, STATE_DISK_FULL, STATE_IO
 */
export function ensureStateFolder(folder: string): void {
  try {
    const first = makeFolder(folder);
    const made = first !== undefined;
    const ours = made || basename(folder) === ".testx" || readdirSync(folder).length === 0;
    // After mkdir too: the umask may have taken away even the owner's rights.
    if (ours) tighten(folder, 0o700);
    // Receipts and history are nobody's to commit.
    if (made) writeFileSync(join(folder, ".gitignore"), "*\n", { mode: 0o600, flag: "wx" });
    if (made) syncNames(folder, first);
  } catch (error) {
    throwStoreFailure(error, folder);
  }
}

/**
 * With those above it that are not there; gives the topmost one made. One at a time: Node's own way
 * never ends where a folder that is there takes none, as /proc.
 */
function makeFolder(folder: string): string | undefined {
  if (isFolder(folder)) return undefined;
  const above = dirname(folder);
  // Of a drive that is not there the system itself says so.
  const first = above === folder ? undefined : makeFolder(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Somebody was faster; or it is a link that leads nowhere, which throws.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(folder).isDirectory()) return first;
    throw error;
  }
  return first ?? folder;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

/** A journal is of no use on a disk that has forgotten its folder. `first`: the topmost one made. */
function syncNames(folder: string, first: string): void {
  for (let made = folder; ; made = dirname(made)) {
    sync(dirname(made));
    if (made === first || made === dirname(made)) return;
  }
}

/** Takes away what others may do, where there is something to take away. */
export function tighten(path: string, mode: number): void {
  const { mode: now } = statSync(path);
  if ((now & 0o777) === mode) return;
  try {
    chmodSync(path, mode);
  } catch (error) {
    // A folder that belongs to somebody else: whether it can be used shows by itself.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}
