import type { Readable, Writable } from "node:stream";
import { type Failure, failure } from "../core/failure.ts";
import { quoted } from "../core/quoted.ts";
import type { Redactor } from "../core/redact.ts";
import type { Screen, Surface } from "../render/renderer.ts";
import { type Terminal, terminalOf } from "../render/terminal.ts";
import type { GlobalOptions } from "./options.ts";

/** What `main` has of the world. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** A folder of this user and this build of testx, for what can be made anew; it may not be there. */
  readonly cache?: string | undefined;
  /** Left out: the process's own. */
  readonly signals?: Signals;
}

/** A terminal's is a stream and tells its size. */
export interface Output {
  readonly destroyed: boolean;
  on(event: "error", listener: (error: Error) => void): unknown;
  /** `done`: it is handed over, or never will be. */
  write(text: string, done?: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Of an output that `isTTY`: what draws on it needs all that a stream can do. */
export function streamOf(terminal: Output): Writable & Pick<Output, "columns"> {
  return terminal as Output & Writable;
}

export type Signal = "SIGINT" | "SIGTERM";

/** `process` is one. */
export interface Signals {
  on(signal: Signal, listener: () => void): unknown;
  off(signal: Signal, listener: () => void): unknown;
}

export interface Outlet extends Screen {
  /** Standard output for what programs read: masked, and every other sign as it is. */
  readonly data: Surface;
  /** As it is, without masking: for the sandbox's made-up tokens. */
  writeUnmasked(text: string): void;
  /** Resolves when everything written is handed over; gives what kept it from being so. */
  flush(): Promise<Failure | undefined>;
}

type Wanted = Pick<GlobalOptions, "json" | "color" | "config" | "state" | "sandbox">;

/** The options without which a command in advice would be about another project or account. */
function repeated({ config, state, sandbox }: Omit<Wanted, "json">): string {
  const path = (option: string, value: string | undefined): string =>
    value === undefined ? "" : ` ${option} ${quoted(value)}`;
  return `${sandbox ? " --sandbox" : ""}${path("--config", config)}${path("--state", state)}`;
}

/** Standard output and error, masked. A reader that went away is no error: nothing more is written. */
export function outlet(io: Io, redactor: Redactor, wanted: Wanted): Outlet {
  const options = repeated(wanted);
  const terminal = (output: Output): Terminal => ({
    ...terminalOf(output, io.env, wanted),
    options,
  });
  const out = stream(io.stdout, terminal(io.stdout), redactor, wanted.json);
  const err = stream(io.stderr, terminal(io.stderr), redactor, wanted.json);
  return {
    out: out.surface,
    err: err.surface,
    data: { ...out.surface, write: out.masked },
    writeUnmasked: out.write,
    async flush() {
      const [first] = await Promise.all([out.flush(), err.flush()]);
      if (first === undefined) return undefined;
      return failure("CLI_WRITE_FAILED", `Standard output cannot be written: ${first.message}.`);
    },
  };
}

/** The same outlet for a command with other options: advice repeats those. Nothing new listens. */
export function seenWith(screen: Outlet, wanted: Wanted): Outlet {
  const options = repeated(wanted);
  const at = (surface: Surface): Surface => ({
    ...surface,
    terminal: { ...surface.terminal, options },
  });
  return { ...screen, out: at(screen.out), err: at(screen.err) };
}

function stream(output: Output, terminal: Terminal, redactor: Redactor, json: boolean) {
  let broken: Error | undefined;
  output.on("error", (error: Error) => {
    broken ??= error;
  });
  const write = (text: string): void => {
    if (broken === undefined && !output.destroyed) output.write(text);
  };
  const masked = (text: string): void => write(redactor.text(text));
  const surface: Surface = {
    terminal,
    write: json || terminal.unicode ? masked : (text) => write(plain(redactor.text(text))),
    size: () => ({ columns: output.columns ?? 80, rows: output.rows ?? 24 }),
  };
  const flush = async (): Promise<Error | undefined> => {
    if (broken === undefined && !output.destroyed) {
      await new Promise<void>((resolve) => output.write("", () => resolve()));
    }
    const gone = (broken as NodeJS.ErrnoException | undefined)?.code;
    return gone === "EPIPE" || gone === "ERR_STREAM_DESTROYED" ? undefined : broken;
  };
  return { surface, masked, write, flush };
}

/** Without what providers cut titles with. */
function plain(text: string): string {
  return text.replaceAll("\u2026", "...");
}
