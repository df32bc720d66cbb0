import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { RunEvent } from "../core/events.ts";
import type { Redactor } from "../core/redact.ts";
import type { ValidBefore } from "../core/schema.ts";
import type { ProviderSource } from "../core/settings.ts";
import { host } from "../platform/host.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/** Where testx looks for its configuration and keeps its memory. */
export interface Place {
  /** Absolute: the folder that relative paths begin at. */
  readonly cwd: string;
  /** A folder, a sequence file or a settings file; left out: it is searched for. */
  readonly config?: string | undefined;
  /** The state folder; left out: as the project's settings say, or `.testx` in the project. */
  readonly state?: string | undefined;
  /** Whether the local stand-ins are to be used instead of the services. */
  readonly sandbox: boolean;
}

/** What of the world testx works with: all that the command line and the library differ in. */
export interface World extends Place {
  readonly env: Env;
  readonly providers: ProviderSource;
  /** What was found valid before: it is not looked at again. */
  readonly valid?: ValidBefore;
  /** Told every secret before it is used. */
  readonly redactor: Redactor;
  /** Aborts when what is under way is to stop. */
  readonly stop: AbortSignal;
  /** Told what is worth knowing and no failure: one sentence. */
  notice(text: string): void;
  /** Told every event of every command, unmasked, before anybody else: for a log. Must not throw. */
  watch?(event: RunEvent): void;
}

/** This process's own environment and working directory, for who is given none. */
export const here: Pick<World, "env"> & {
  folder(path?: string): string;
  hasFolder(path: string): boolean;
} = {
  env: host.env,
  folder: (path = ".") => resolve(host.cwd(), path),
  hasFolder(path) {
    try {
      return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    } catch {
      // What keeps from it is told when something in it is looked for.
      return true;
    }
  },
};
