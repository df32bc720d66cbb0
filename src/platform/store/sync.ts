import { closeSync, constants, fsyncSync, openSync } from "node:fs";

/** Makes a file's content, or a folder's names, durable. */
export function sync(path: string): void {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY);
  } catch (error) {
    // Windows opens no folders.
    if ((error as NodeJS.ErrnoException).code === "EISDIR") return;
    throw error;
  }
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
