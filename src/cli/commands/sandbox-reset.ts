import { rmSync } from "node:fs";
import { failure, TestxError } from "../../core/failure.ts";
import { writeJson } from "../../render/ndjson.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { accountsFile, runningAt } from "../sandboxed.ts";

/** Takes the made-up accounts back to their beginning, and with them what testx knows of them. */
export async function run(_: unknown, context: Context): Promise<number> {
  const { screen, global, io } = context;
  const { stateFolder, pid } = await import("../container.ts");
  const { startSandbox } = await import("../../sandbox/server.ts");
  const { loadServices } = await import("../../sandbox/services.ts");
  const folder = await stateFolder({ io, global: { ...global, sandbox: true } });
  try {
    const services = await loadServices();
    const sandbox = await startSandbox({
      services,
      stateFile: accountsFile(folder),
      pid,
    });
    await sandbox.close();
  } catch (error) {
    const url = runningAt(error);
    if (url !== undefined) {
      const message = `The sandbox is running at ${url}. Stop it first, or POST to ${url}/__sandbox/reset.`;
      throw new TestxError(failure("SANDBOX_STATE_LOCKED", message), { cause: error });
    }
    // A file that cannot be read is what a reset is for.
    if (!(error instanceof TestxError) || error.code !== "SANDBOX_STATE_UNREADABLE") throw error;
  }
  rmSync(folder, { recursive: true, force: true });
  if (global.json) writeJson(screen.out, { reset: true });
  else screen.out.write("The sandbox is as it was in the beginning.\n");
  return exitCodes.done;
}
