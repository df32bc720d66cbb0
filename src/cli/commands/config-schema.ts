import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import type { CommandOptions } from "../options.ts";

export async function run(
  { file }: CommandOptions["config schema"],
  { screen }: Context,
): Promise<number> {
  const { schemaOf } = await import("../container.ts");
  screen.out.write(`${JSON.stringify(await schemaOf(file), null, 2)}\n`);
  return exitCodes.done;
}
