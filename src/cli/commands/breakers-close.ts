import { holdBreaker } from "../../features/breakers.ts";
import { showBreakers } from "../breakers.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export function run({ name }: CommandOptions["breakers close"], context: Context): Promise<number> {
  return showBreakers(context, (deps) => holdBreaker(deps, name, "forced-closed"));
}
