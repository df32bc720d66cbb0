import type { Redactor } from "../core/redact.ts";
import type { Log } from "../wiring/log.ts";
import type { Project, Wanted } from "../wiring/project.ts";
import type { Interruption } from "./interruption.ts";
import type { Io, Outlet } from "./io.ts";
import type { GlobalOptions } from "./options.ts";

/** What a command gets beside its own options. */
export interface Context {
  readonly global: GlobalOptions;
  readonly io: Io;
  readonly screen: Outlet;
  readonly redactor: Redactor;
  readonly interruption: Interruption;
  /** Where one was asked for. */
  readonly log: Log | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Opens the project once; it is closed when the command has ended. */
  project(wanted: Wanted): Promise<Project>;
  /** Tells something beside the result, in a place where it disturbs nothing. */
  notice(text: string): void;
  /** While a run is shown, notices are shown with it; gives a function that ends this. */
  showNotices(show: (text: string) => void): () => void;
  /** The failure is told already, so that it is not told twice. */
  told(error: unknown): void;
}
