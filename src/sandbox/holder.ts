import { readFileSync } from "node:fs";
import { isObject } from "../core/json.ts";

/** Which process has a sandbox's state open, and where it listens. */
export interface Holder {
  readonly pid?: number;
  readonly url: string;
}

/** Whose accounts a sandbox has, encoded: where one was, another may listen by now. */
export const stateFileHeader = "x-testx-state-file";

/** The note beside a state file: readable while the file itself is locked. */
export function holderFile(stateFile: string): string {
  return `${stateFile}.holder`;
}

/** What the note says; `undefined` when there is none yet. Only a locked file makes it true. */
export function readHolder(stateFile: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(holderFile(stateFile), "utf8"));
    if (isObject(value) && typeof value.url === "string") {
      const { pid, url } = value;
      return typeof pid === "number" ? { pid, url: url as string } : { url: url as string };
    }
  } catch {
    // No note, or one that is being written: then the lock alone has to do.
  }
  return undefined;
}
