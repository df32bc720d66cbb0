import process from "node:process";
import { exitCodeOfFailure, exitCodes } from "../core/exit-codes.ts";
import { failure, failureOf, systemFailure, TestxError } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import { createRedactor } from "../core/redact.ts";
import { secretsIn } from "../core/secret-names.ts";
import { writeLines } from "../render/renderer.ts";
import type { Log } from "../wiring/log.ts";
import type { Project, Wanted } from "../wiring/project.ts";
import type { Context } from "./context.ts";
import { interruption } from "./interruption.ts";
import { type Io, type Outlet, outlet } from "./io.ts";
import { failedRemark, logFor } from "./logging.ts";
import type { GlobalOptions, Invocation } from "./options.ts";
import { parse } from "./parse.ts";
import { runCommand } from "./run-command.ts";

export type { Io } from "./io.ts";

/** Opens the project for a command; `container.ts`, unless a test has its own. */
export type OpenProject = (wanted: Wanted, context: Context) => Promise<Project>;

const openProject: OpenProject = async (wanted, context) =>
  (await import("./container.ts")).openProject(wanted, context);

/**
 * The whole program, but for the process: gives the exit code and never rejects. Ends early,
 * with work still under way, only at the second Ctrl-C: then the caller must end the process.
 */
export async function main(
  argv: readonly string[],
  io: Io,
  open: OpenProject = openProject,
): Promise<number> {
  const parsed = parse(argv, io.stdout.isTTY ? io.stdout.columns : undefined);
  const global = parsed.kind === "command" ? parsed.invocation.global : guess(argv);
  const redactor = createRedactor(secretsIn(io.env));
  const screen = outlet(io, redactor, global);
  const stop = interruption(io.signals ?? process);
  const told = new Set<unknown>();
  const line = (text: string): void => writeLines(screen.err, [text]);
  let notice = line;
  let opened: Promise<Project> | undefined;
  let log: Log | undefined;
  const context: Context = {
    global,
    io,
    screen,
    redactor,
    interruption: stop,
    get log() {
      return log;
    },
    now: Date.now,
    project: (wanted) => {
      opened ??= open(wanted, context);
      return opened;
    },
    notice: (text) => {
      log?.remark({ type: "notice", text });
      notice(text);
    },
    showNotices: (show) => {
      notice = show;
      return () => {
        notice = line;
      };
    },
    told: (error) => void told.add(error),
  };

  const work = async (): Promise<number> => {
    let code: number;
    try {
      if (parsed.kind === "command") {
        log = await logFor({
          ...{ global, io, redactor, command: parsed.invocation.command, now: Date.now },
          // With --json standard error is free, whatever is shown of a run.
          notice: (text) => (global.json ? line(text) : notice(text)),
        });
      }
      code = await ended(parsed, context);
    } catch (error) {
      code = await failed(error, context, told.has(error));
    }
    const project = await opened?.catch(() => undefined);
    await project?.close();
    const unwritten = await screen.flush();
    if (unwritten === undefined) return code;
    // Not as JSON: standard output is what cannot be written.
    const { failureText } = await import("../render/failures.ts");
    writeLines(screen.err, failureText(unwritten, screen.err.terminal));
    return Math.max(code, exitCodes.failed);
  };
  const started = process.hrtime.bigint();
  try {
    const exitCode = await Promise.race([work(), stop.now.then(() => exitCodes.interrupted)]);
    const durationMs = Math.round(Number(process.hrtime.bigint() - started) / 1e6);
    log?.remark({ type: "command.finished", exitCode, durationMs });
    return exitCode;
  } catch (error) {
    const system = systemFailure(error);
    const told = system && `✖ ${system.code}  ${system.message}`;
    const text = told ?? (error instanceof Error ? error.stack : error);
    io.stderr.write(`${redactor.text(String(text))}\n`);
    return exitCodes.failed;
  } finally {
    log?.close();
    stop.dispose();
  }
}

async function ended(parsed: ReturnType<typeof parse>, context: Context): Promise<number> {
  switch (parsed.kind) {
    case "command":
      return runCommand(parsed.invocation as Invocation, context);
    case "help":
      if (context.global.json) writeLine(context.screen, { help: parsed.text });
      else context.screen.out.write(parsed.text);
      return exitCodes.done;
    case "version": {
      const { version } = await import("../wiring/version.ts");
      if (context.global.json) writeLine(context.screen, { version });
      else context.screen.out.write(`${version}\n`);
      return exitCodes.done;
    }
    case "usage":
      if (parsed.help !== undefined && !context.global.json) {
        context.screen.err.write(`${parsed.help}\n`);
      }
      throw new TestxError(parsed.failure);
  }
}

/** Says what went wrong, once, in the form that was asked for. */
async function failed(thrown: unknown, context: Context, told: boolean): Promise<number> {
  const system = thrown instanceof TestxError ? undefined : systemFailure(thrown);
  const error = system === undefined ? thrown : new TestxError(system, { cause: thrown });
  const { screen, global, io, redactor, interruption: stop } = context;
  const { bugText, failureJson, failureText } = await import("../render/failures.ts");
  if (!(error instanceof TestxError) && !stop.signal.aborted) {
    const cause = failureOf(error);
    context.log?.remark(failedRemark(cause, error));
    if (global.json && !told) writeLine(screen, redactor.json(failureJson(cause)));
    writeLines(screen.err, bugText(error, screen.err.terminal));
    return exitCodes.failed;
  }
  const known = error instanceof TestxError ? error.failure : undefined;
  // Which call was under way when somebody stopped it is nothing to tell.
  const stopped = known === undefined || known.code === "RUN_INTERRUPTED";
  const cause = stopped ? failure("RUN_INTERRUPTED", "Stopped.") : known;
  context.log?.remark(failedRemark(cause, error));
  if (told) {
    // The run's own last line has said it.
  } else if (global.json) {
    writeLine(screen, redactor.json(failureJson(cause)));
  } else if (stopped) {
    writeLines(screen.err, [cause.message]);
  } else {
    writeLines(screen.err, failureText(cause, screen.err.terminal));
    if (io.env.GITHUB_ACTIONS === "true") {
      const { failureAnnotations } = await import("../render/github.ts");
      screen.err.write(failureAnnotations(cause));
    }
  }
  if (stop.signal.aborted) return exitCodes.interrupted;
  const { catalogue } = await import("../core/catalogue/catalogue.ts");
  return exitCodeOfFailure(cause, catalogue);
}

function writeLine(screen: Outlet, value: Json): void {
  screen.out.write(`${JSON.stringify(value)}\n`);
}

/** For arguments that could not be read: whether they ask for JSON or for no colors. */
function guess(argv: readonly string[]): GlobalOptions {
  return {
    json: argv.includes("--json"),
    color: !argv.includes("--no-color"),
    quiet: false,
    verbose: false,
    sandbox: false,
  };
}
