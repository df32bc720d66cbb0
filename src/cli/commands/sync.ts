import { exitCodeOfRun, exitCodes } from "../../core/exit-codes.ts";
import { TestxError } from "../../core/failure.ts";
import { goesOnWith } from "../../core/journal.ts";
import { type SyncOptions, sync, watchSync } from "../../features/sync.ts";
import { typed } from "../../render/terminal.ts";
import { duration, listing } from "../../render/text.ts";
import { adopting } from "../adopting.ts";
import type { Context } from "../context.ts";
import { nothingToDo } from "../nothing.ts";
import type { CommandOptions } from "../options.ts";
import { showRun } from "../show-run.ts";

const name = goesOnWith.sync;

export async function run(options: CommandOptions["sync"], context: Context): Promise<number> {
  const project = await context.project("everything");
  const { switches } = project.config();
  if (!switches.enabled) {
    nothingToDo(context, "succeeded", "The sequence is switched off: nothing is carried out.");
    return exitCodes.done;
  }
  const { interruption, screen } = context;
  const goOn = `${typed(name, screen.err.terminal)} goes on where this stops.`;
  // Who watches has time: another run that is at work is no reason to give up.
  const waitMs = options.wait ?? (options.watch ? 300_000 : undefined);
  const asked: SyncOptions = { waitMs, adopt: adopting(options.adopt) };
  const once = () =>
    showRun(context, goOn, (emit) => sync(project.sequenceDeps(name, emit), asked));
  try {
    const finished = options.watch ? await watch() : await once();
    if (finished === undefined) throw nothingWaits();
    const { catalogue } = await import("../../core/catalogue/catalogue.ts");
    return exitCodeOfRun("sync", finished, catalogue);
  } catch (error) {
    if (!(error instanceof TestxError)) throw error;
    if (error.code === "RUN_INTERRUPTED" && options.watch) return exitCodes.interrupted;
    if (error.code !== "NOTHING_WAITS") throw error;
    nothingToDo(context, "succeeded", "Nothing waits for its service.");
    return exitCodes.done;
  }

  function watch() {
    interruption.onStop(() => {});
    return watchSync(
      project.sequenceDeps(name, () => {}),
      {
        once,
        waiting: (integrations, pauseMs) =>
          context.notice(
            `Waiting for ${listing(integrations)}; asking again in ${duration(pauseMs)}.`,
          ),
      },
    );
  }
}

function nothingWaits(): TestxError {
  return new TestxError({
    ...{ code: "NOTHING_WAITS", message: "Nothing waits.", outcome: "not-applied" },
    transient: false,
  });
}
