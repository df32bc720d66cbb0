import { exitCodes } from "../../core/exit-codes.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export async function run(
  { file }: CommandOptions["config schema"],
  context: Context,
): Promise<number> {
  const { schemaOf } = await import("../container.ts");
  context.screen.out.write(`${JSON.stringify(await schemaOf(file, context), null, 2)}\n`);
  return exitCodes.done;
}
