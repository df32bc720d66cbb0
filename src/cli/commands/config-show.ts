import { exitCodes } from "../../core/exit-codes.ts";
import { originText } from "../../core/settings.ts";
import { showConfig } from "../../features/config.ts";
import { writeJson } from "../../render/ndjson.ts";
import { writeLines } from "../../render/renderer.ts";
import { settingLines } from "../../render/settings.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export async function run(
  options: CommandOptions["config show"],
  context: Context,
): Promise<number> {
  const { screen, global, redactor } = context;
  const { configReader } = await import("../container.ts");
  const found = await showConfig(configReader(context));
  const values = redactor.json(found as never) as typeof found;
  if (global.json) {
    const settings = values.map(({ path, value, origin }) =>
      options.origin ? { path, value, origin: originText(origin) } : { path, value },
    );
    writeJson(screen.out, { settings });
  } else {
    writeLines(screen.out, settingLines(values, screen.out.terminal, options));
  }
  return exitCodes.done;
}
