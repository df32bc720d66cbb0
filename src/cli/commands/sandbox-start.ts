import { resolve } from "node:path";
import { exitCodes } from "../../core/exit-codes.ts";
import { envText } from "../../render/outputs.ts";
import { writeLines } from "../../render/renderer.ts";
import { hanging } from "../../render/text.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";
import { readSeed } from "../seed.ts";

/** Serves until it is stopped; being stopped is its good end. */
export async function run(
  options: CommandOptions["sandbox start"],
  context: Context,
): Promise<number> {
  const { screen, global, io, interruption } = context;
  const { ownStandIns, sandboxFolder } = await import("../container.ts");
  const { startSandboxIn } = await import("../../wiring/sandbox.ts");
  const seed =
    options.seed === undefined ? undefined : await readSeed(resolve(io.cwd, options.seed));
  const stopped = new Promise<void>((resolve) => interruption.onStop(resolve));
  const folder = await sandboxFolder(context);
  const own = await ownStandIns(context);
  const sandbox = await startSandboxIn(folder, { port: options.port, seed }, own);
  try {
    // The tokens are made up: masked, they would be of no use.
    if (global.json) {
      const { url, environment } = sandbox;
      screen.writeUnmasked(`${JSON.stringify({ url, environment: { ...environment } })}\n`);
    } else {
      const lines = Object.entries(sandbox.environment).map(
        ([name, value]) => `export ${envText(name, value)}`,
      );
      screen.writeUnmasked(`${lines.join("\n")}\n`);
      if (!global.quiet) {
        const text = `The sandbox is at ${sandbox.url}; Ctrl-C stops it. The lines above point testx, or any other program, at it; \`testx --sandbox\` finds it by itself.`;
        writeLines(screen.err, hanging("", text, screen.err.terminal.width));
      }
    }
    await stopped;
  } finally {
    await sandbox.close();
  }
  return exitCodes.done;
}
