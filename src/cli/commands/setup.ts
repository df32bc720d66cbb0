import { resolve } from "node:path";
import { exitCodes } from "../../core/exit-codes.ts";
import { goesOnWith } from "../../core/journal.ts";
import type { SavedPlan } from "../../core/saved-plan.ts";
import { setup } from "../../features/setup.ts";
import { typed } from "../../render/terminal.ts";
import { adopting } from "../adopting.ts";
import type { Context } from "../context.ts";
import { nothingToDo } from "../nothing.ts";
import { offlineGiven } from "../offline.ts";
import type { CommandOptions } from "../options.ts";
import { runToExitCode } from "../show-run.ts";

export async function run(options: CommandOptions["setup"], context: Context): Promise<number> {
  const project = await context.project("everything");
  if (!project.config().switches.enabled) {
    nothingToDo(context, "succeeded", "The sequence is switched off: nothing is set up.");
    return exitCodes.done;
  }
  const { terminal } = context.screen.err;
  const again = typed(goesOnWith.setup, terminal);
  const undo = typed("testx rollback", terminal);
  const goOn = `${again} goes on where this stops; ${undo} undoes what was done.`;
  const plan = options.plan === undefined ? undefined : await planIn(options.plan, context);
  return runToExitCode(context, "setup", goOn, (emit) =>
    setup(
      { ...project.sequenceDeps("testx integrations setup", emit), ...offlineGiven(options) },
      { waitMs: options.wait, plan, adopt: adopting(options.adopt) },
    ),
  );
}

async function planIn(file: string, { io }: Context): Promise<SavedPlan> {
  const { readPlanFile } = await import("../plan-file.ts");
  return readPlanFile(resolve(io.cwd, file));
}
