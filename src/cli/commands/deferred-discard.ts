import { exitCodes } from "../../core/exit-codes.ts";
import { discardDeferred } from "../../features/deferred.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import { typed } from "../../render/terminal.ts";
import { hanging, oneLine } from "../../render/text.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export async function run(
  { name }: CommandOptions["deferred discard"],
  context: Context,
): Promise<number> {
  const { screen, global, redactor } = context;
  const project = await context.project("services");
  const done = await discardDeferred(
    project.deps("testx deferred discard", () => {}),
    name,
  );
  const item = redactor.json(done as never) as typeof done;
  if (global.json) {
    writeJson(screen.out, item as never);
    return exitCodes.done;
  }
  const { terminal } = screen.out;
  const setup = typed("testx integrations setup", terminal);
  const what = `${oneLine(item.title)} (${item.step})`;
  const text = `${what} does not wait any more; ${setup} would still carry it out, and so does sync if others that wait need it.`;
  writeLines(screen.out, hanging("", text, terminal.width));
  return exitCodes.done;
}
