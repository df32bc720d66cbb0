import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { capital } from "../../core/capital.ts";
import type { Credential } from "../../core/credential.ts";
import { failure, TestxError } from "../../core/failure.ts";
import type { Clock } from "../../core/ports.ts";

const mostBytes = 64 * 1024;
/** How long a command may take. Password managers may ask somebody for a fingerprint. */
const defaultLimitMs = 10_000;

export interface CommandDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it runs: the project. */
  readonly folder: string;
  readonly clock: Clock;
  seen(value: string): void;
  /** In ms; left out: 10,000. */
  readonly limitMs?: number;
}

export interface Command {
  readonly command: readonly [string, ...string[]];
  /** How long its output counts; left out: until it is refused. */
  readonly ttlMs?: number;
}

/** A credential that a program prints. What it says on its standard error is not shown. */
export function commandCredential(what: Command, name: string, deps: CommandDeps): Credential {
  const { clock } = deps;
  let known: { readonly value: string; readonly until: number } | undefined;
  let running: Promise<string> | undefined;
  const run = async (): Promise<string> => {
    const value = (await output(what.command, name, deps)).trim();
    deps.seen(value);
    if (value === "") {
      throw problem(name, "CREDENTIAL_EMPTY", "ended well, and printed nothing");
    }
    known = { value, until: clock.monotonic() + (what.ttlMs ?? Number.POSITIVE_INFINITY) };
    return value;
  };
  return {
    name,
    renewal: "costly",
    read(anew) {
      if (!anew && known !== undefined && clock.monotonic() < known.until) return known.value;
      running ??= run().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

function output(
  [program, ...args]: readonly [string, ...string[]],
  name: string,
  { env, folder, clock, limitMs = defaultLimitMs }: CommandDeps,
): Promise<string> {
  return new Promise((fulfil, reject) => {
    const timer = new AbortController();
    const refuse = (code: string, what: string): void => {
      timer.abort();
      reject(problem(name, code, what));
    };
    const child = spawn(program, args, {
      cwd: folder,
      env,
      shell: false,
      stdio: ["ignore", "pipe", "ignore"],
      windowsHide: true,
    });
    const stop = (): void => {
      child.kill("SIGKILL");
      // What it has started itself may still hold the pipe.
      child.stdout.destroy();
      child.unref();
    };
    const chunks: Buffer[] = [];
    let length = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= mostBytes) return;
      refuse("CREDENTIAL_COMMAND_FAILED", "printed more than any secret has");
      stop();
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      refuse("CREDENTIAL_COMMAND_FAILED", whyNot(program, args, folder, error.code));
    });
    child.once("close", (code, signal) => {
      if (code !== 0) {
        const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
        refuse("CREDENTIAL_COMMAND_FAILED", how);
        return;
      }
      timer.abort();
      fulfil(Buffer.concat(chunks).toString("utf8"));
    });
    clock.sleep(limitMs, timer.signal).then(
      () => {
        refuse("CREDENTIAL_COMMAND_TIMEOUT", `gave no answer within ${limitMs / 1000} s`);
        stop();
      },
      () => {},
    );
  });
}

function whyNot(
  program: string,
  args: readonly string[],
  folder: string,
  code: string | undefined,
): string {
  if (code === "EACCES") return "cannot be run: it is no program that testx's user may start";
  if (code !== "ENOENT") return `cannot be run (${code})`;
  if (args.length === 0 && /\s/.test(program)) {
    return "was not found: each word of it is to be a text of its own";
  }
  const isThere = program.includes("/") && existsSync(resolve(folder, program));
  return isThere ? "cannot be run: what its first line names is not there" : "was not found";
}

function problem(name: string, code: string, what: string): TestxError {
  const message = `${capital(name)} ${what}.`;
  return new TestxError(failure(code, message, { details: { source: name } }));
}
