import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { onTestFinished } from "vitest";
import type { Io, Output, Signal } from "../../src/cli/io.ts";
import { main, type OpenProject } from "../../src/cli/main.ts";

export function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), "testx-cli-")));
  // What ran there may be on its way out.
  onTestFinished(() => rmSync(made, { recursive: true, force: true, maxRetries: 10 }));
  return made;
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Options {
  readonly cwd?: string;
  readonly env?: Record<string, string | undefined>;
  readonly open?: OpenProject;
  /** Columns of a terminal; left out: no terminal. */
  readonly columns?: number;
  readonly signals?: FakeSignals;
  readonly stdout?: Writable;
  readonly stderr?: Sink;
  readonly input?: PassThrough;
}

export class FakeSignals {
  readonly #listeners = new Map<Signal, Set<() => void>>();

  on(signal: Signal, listener: () => void): void {
    const known = this.#listeners.get(signal) ?? new Set();
    this.#listeners.set(signal, known.add(listener));
  }

  off(signal: Signal, listener: () => void): void {
    this.#listeners.get(signal)?.delete(listener);
  }

  send(signal: Signal): void {
    for (const listener of this.#listeners.get(signal) ?? []) listener();
  }

  get count(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

/** Runs testx in this process, on streams of its own. */
export async function testx(
  line: string | readonly string[],
  options: Options = {},
): Promise<Ended> {
  const out = new Sink(options.columns);
  const err = options.stderr ?? new Sink(options.columns);
  const io: Io = {
    stdin: Object.assign(options.input ?? new PassThrough(), {
      isTTY: options.columns !== undefined,
    }),
    stdout: (options.stdout ?? out) as Output,
    stderr: err,
    env: { LANG: "C.UTF-8", ...options.env },
    cwd: options.cwd ?? folder(),
    signals: options.signals ?? new FakeSignals(),
  };
  const argv = typeof line === "string" ? line.split(" ").filter(Boolean) : line;
  const code = await main(argv, io, options.open);
  return { code, out: out.text, err: err.text };
}

export class Sink extends Writable {
  text = "";
  readonly isTTY: boolean;
  readonly columns?: number;

  constructor(columns?: number) {
    super({ decodeStrings: false });
    this.isTTY = columns !== undefined;
    if (columns !== undefined) this.columns = columns;
  }

  override _write(chunk: string | Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
