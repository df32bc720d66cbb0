import type { RunEvent, RunFinished } from "../core/events.ts";
import { exitCodeOfRun } from "../core/exit-codes.ts";
import { failure, TestxError } from "../core/failure.ts";
import type { RunCommand } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { RunRenderer } from "../render/renderer.ts";
import type { Context } from "./context.ts";

/** Runs `work`, showing its events in the way that fits the place where testx runs. */
export async function showRun(
  context: Context,
  goOn: string,
  work: (emit: (event: RunEvent) => void) => Promise<RunFinished>,
): Promise<RunFinished> {
  const { interruption, redactor } = context;
  const { renderer, finish } = await rendererFor(context);
  interruption.onStop(() =>
    renderer.notice(`Stopping. ${goOn} Press Ctrl-C again to stop at once.`),
  );
  interruption.onEnd(() => finish(interruption.signal.reason, true));
  // With --json standard error is free; what goes wrong beside a run is told with --quiet too.
  const restore = context.global.json
    ? () => {}
    : context.showNotices((text) => renderer.notice(text));
  let begun = false;
  try {
    return await work((event) => {
      begun ||= event.type === "run.started";
      // Before anything is laid out: a secret must not hide by being broken into two lines.
      renderer.event(redactor.json(event as unknown as Json) as unknown as RunEvent);
    });
  } catch (error) {
    const told = finish(error, interruption.signal.aborted) || (begun && context.global.json);
    if (told) context.told(error);
    throw error;
  } finally {
    await renderer.close();
    restore();
  }
}

interface Chosen {
  readonly renderer: RunRenderer;
  /** For `--json`: writes the last line if there is none yet. */
  finish(error: unknown, interrupted: boolean): boolean;
}

/** Each way of showing is loaded only where it is used. */
async function rendererFor({ global, io, screen, now, redactor }: Context): Promise<Chosen> {
  const { verbose, quiet } = global;
  const plain = (renderer: RunRenderer): Chosen => ({ renderer, finish: () => false });
  if (global.json) {
    const { ndjsonRenderer } = await import("../render/ndjson.ts");
    const renderer = ndjsonRenderer(screen.out, now);
    const finish = (error: unknown, interrupted: boolean): boolean =>
      renderer.finish(
        error instanceof TestxError
          ? (redactor.json(error.failure as unknown as Json) as unknown as typeof error.failure)
          : failure("BUG", "testx has a bug; its stack trace is on standard error."),
        interrupted,
      );
    return { renderer, finish };
  }
  if (io.env.GITHUB_ACTIONS === "true") {
    const { githubRenderer } = await import("../render/github.ts");
    const summary = io.env.GITHUB_STEP_SUMMARY;
    return plain(githubRenderer(screen, { verbose, quiet }, summary));
  }
  if (screen.err.terminal.interactive && !verbose && !quiet) {
    const { liveRenderer } = await import("../render/live.ts");
    return plain(liveRenderer(screen));
  }
  const { plainRenderer } = await import("../render/plain.ts");
  return plain(plainRenderer(screen, { verbose, quiet }));
}

/** Shows the run and gives the exit code of how it ended. */
export async function runToExitCode(
  context: Context,
  command: RunCommand,
  goOn: string,
  work: (emit: (event: RunEvent) => void) => Promise<RunFinished>,
): Promise<number> {
  const finished = await showRun(context, goOn, work);
  const { catalogue } = await import("../core/catalogue/catalogue.ts");
  return exitCodeOfRun(command, finished, catalogue);
}
