import { resetBreakers } from "../../features/breakers.ts";
import { showBreakers } from "../breakers.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export function run({ name }: CommandOptions["breakers reset"], context: Context): Promise<number> {
  return showBreakers(context, (deps) => resetBreakers(deps, name));
}
