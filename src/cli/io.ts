import type { Readable, Writable } from "node:stream";
import { type Failure, failure } from "../core/failure.ts";
import type { Redactor } from "../core/redact.ts";
import type { Screen, Surface } from "../render/renderer.ts";
import { type Terminal, terminalOf } from "../render/terminal.ts";

/** What `main` has of the world. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** Left out: the process's own. */
  readonly signals?: Signals;
}

/** A terminal's stream tells its size. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

export type Signal = "SIGINT" | "SIGTERM";

/** `process` is one. */
export interface Signals {
  on(signal: Signal, listener: () => void): unknown;
  off(signal: Signal, listener: () => void): unknown;
}

export interface Outlet extends Screen {
  /** As it is, without masking: for the sandbox's made-up tokens. */
  writeUnmasked(text: string): void;
  /** Resolves when everything written is handed over; gives what kept it from being so. */
  flush(): Promise<Failure | undefined>;
}

/** Standard output and error, masked. A reader that went away is no error: nothing more is written. */
export function outlet(io: Io, redactor: Redactor, wanted: { color: boolean }): Outlet {
  const out = stream(io.stdout, terminalOf(io.stdout, io.env, wanted), redactor);
  const err = stream(io.stderr, terminalOf(io.stderr, io.env, wanted), redactor);
  return {
    out: out.surface,
    err: err.surface,
    writeUnmasked: out.write,
    async flush() {
      const [first] = await Promise.all([out.flush(), err.flush()]);
      if (first === undefined) return undefined;
      return failure("CLI_WRITE_FAILED", `Standard output cannot be written: ${first.message}.`);
    },
  };
}

function stream(output: Output, terminal: Terminal, redactor: Redactor) {
  let broken: Error | undefined;
  output.on("error", (error: Error) => {
    broken ??= error;
  });
  const write = (text: string): void => {
    if (broken === undefined && !output.destroyed) output.write(text);
  };
  const surface: Surface = {
    terminal,
    write: (text) => write(redactor.text(text)),
    size: () => ({ columns: output.columns ?? 80, rows: output.rows ?? 24 }),
  };
  const flush = async (): Promise<Error | undefined> => {
    if (broken === undefined && !output.destroyed) {
      await new Promise<void>((resolve) => output.write("", () => resolve()));
    }
    const gone = (broken as NodeJS.ErrnoException | undefined)?.code;
    return gone === "EPIPE" || gone === "ERR_STREAM_DESTROYED" ? undefined : broken;
  };
  return { surface, write, flush };
}
