import type { RunEvent } from "../core/events.ts";
import type { Terminal } from "./terminal.ts";

/** Shows a run while it happens. It decides nothing and never throws because of what it shows. */
export interface RunRenderer {
  event(event: RunEvent): void;
  /** A sentence about testx itself: that it is stopping. */
  notice(text: string): void;
  /** Resolves when everything is written; afterwards nothing more is. */
  close(): Promise<void>;
}

/** Where results and progress go. Whole lines, already masked on their way out. */
export interface Screen {
  /** Results. */
  readonly out: Surface;
  /** Progress and errors. */
  readonly err: Surface;
}

export interface Surface {
  readonly terminal: Terminal;
  write(text: string): void;
  /** Of the window, now: it may be resized. */
  size?(): { readonly columns: number; readonly rows: number };
}

export function writeLines(surface: Surface, lines: readonly string[]): void {
  if (lines.length > 0) surface.write(`${lines.join("\n")}\n`);
}
