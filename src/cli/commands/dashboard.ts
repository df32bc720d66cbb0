import { exitCodes } from "../../core/exit-codes.ts";
import { dashboard } from "../../features/dashboard.ts";
import { dashboardLines } from "../../render/dashboard.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import type { Context } from "../context.ts";
import { nowhere } from "../nothing.ts";

/** On a terminal drawn anew every second; elsewhere, and with `--json`, told once. */
export async function run(_: unknown, context: Context): Promise<number> {
  const { screen, global, redactor, now } = context;
  const project = await context.project("remembered");
  const look = dashboard({
    ...{ journal: project.journal, metrics: await project.metrics(), memo: project.memo(), now },
    ...{ sequence: project.sequence(), holder: project.holder },
  });
  const shown = () => redactor.json(look() as never) as unknown as ReturnType<typeof look>;
  const { terminal } = screen.out;
  if (global.json) writeJson(screen.out, shown() as never);
  else if (!terminal.interactive) {
    const board = shown();
    const isNowhere = board.runs.length === 0 && !project.configured;
    const none = isNowhere ? nowhere(context, project) : undefined;
    writeLines(screen.out, none ?? dashboardLines(board, terminal));
  } else await (await import("../show-dashboard.ts")).onTerminal(shown, context);
  return exitCodes.done;
}
