import { rmSync } from "node:fs";
import { exitCodes } from "../../core/exit-codes.ts";
import { failure, TestxError } from "../../core/failure.ts";
import { writeJson } from "../../render/ndjson.ts";
import type { Context } from "../context.ts";

/** Takes the made-up accounts back to their beginning, and with them what testx knows of them. */
export async function run(_: unknown, context: Context): Promise<number> {
  const { screen, global } = context;
  const { sandboxFolder } = await import("../container.ts");
  const { runningAt, startSandboxIn } = await import("../../wiring/sandbox.ts");
  const folder = await sandboxFolder(context);
  try {
    await (await startSandboxIn(folder)).close();
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
