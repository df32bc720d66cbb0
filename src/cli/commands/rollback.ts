import { exitCodes } from "../../core/exit-codes.ts";
import { TestxError } from "../../core/failure.ts";
import { goesOnWith } from "../../core/journal.ts";
import { allRollbackPoints, rollback, rollbackPoints } from "../../features/rollback.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import { pointLines } from "../../render/status.ts";
import { typed } from "../../render/terminal.ts";
import type { Context } from "../context.ts";
import { nothingToDo, nowhere } from "../nothing.ts";
import type { CommandOptions } from "../options.ts";
import { runToExitCode } from "../show-run.ts";

export async function run(options: CommandOptions["rollback"], context: Context): Promise<number> {
  const { screen, global, redactor } = context;
  if (options.list || options.dryRun) {
    const project = await context.project("journal");
    const { journal } = project;
    const points = options.list
      ? allRollbackPoints(journal).filter(({ run }) => run === (options.run ?? run))
      : rollbackPoints(journal, options);
    const shown = redactor.json(points as never) as typeof points;
    if (global.json) writeJson(screen.out, { points: shown } as never);
    else {
      const none = shown.length === 0 ? nowhere(context, project) : undefined;
      writeLines(screen.out, none ?? pointLines(shown, screen.out.terminal, options));
    }
    return exitCodes.done;
  }
  const project = await context.project("services");
  const goOn = `${typed(goesOnWith.rollback, screen.err.terminal)} goes on undoing.`;
  try {
    return await runToExitCode(context, "rollback", goOn, (emit) =>
      rollback(project.deps("testx rollback", emit), { ...options, waitMs: options.wait }),
    );
  } catch (error) {
    if (!(error instanceof TestxError) || error.code !== "NOTHING_TO_UNDO") throw error;
    // Undoing nothing is undoing everything.
    const none = nowhere(context, project) ?? ["There is nothing to undo."];
    nothingToDo(context, "rolled-back", none.join("\n"));
    return exitCodes.done;
  }
}
