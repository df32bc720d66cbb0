import { exitCodes } from "../../core/exit-codes.ts";
import { retryDeferred } from "../../features/deferred.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import { typed } from "../../render/terminal.ts";
import { count, hanging, oneLine } from "../../render/text.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export async function run(
  { name }: CommandOptions["deferred retry"],
  context: Context,
): Promise<number> {
  const { screen, global, redactor } = context;
  const project = await context.project("services");
  const done = await retryDeferred(
    project.deps("testx deferred retry", () => {}),
    name,
  );
  const items = redactor.json(done as never) as typeof done;
  if (global.json) {
    writeJson(screen.out, { deferred: items } as never);
    return exitCodes.done;
  }
  const { terminal } = screen.out;
  const what = name === undefined ? count(items.length, "write") : oneLine(items[0]!.title);
  const sync = typed("testx integrations sync", terminal);
  const text =
    items.length === 0 ? "Nothing is given up." : `Waiting again: ${what}. Run ${sync} to try.`;
  writeLines(screen.out, hanging("", text, terminal.width));
  return exitCodes.done;
}
