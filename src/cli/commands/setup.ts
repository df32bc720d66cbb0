import { setup } from "../../features/setup.ts";
import type { Context } from "../context.ts";
import { runToExitCode } from "../show-run.ts";

export async function run(_: unknown, context: Context): Promise<number> {
  const project = await context.project("everything");
  const goOn =
    "`testx integrations setup` goes on where this stops; `testx rollback` undoes what was done.";
  return runToExitCode(context, "setup", goOn, (emit) =>
    setup(project.sequenceDeps("testx integrations setup", emit)),
  );
}
