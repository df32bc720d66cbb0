import { holdBreaker } from "../../features/breakers.ts";
import { showBreakers } from "../breakers.ts";
import type { Context } from "../context.ts";
import type { CommandOptions } from "../options.ts";

export function run(
  { name, for: forMs }: CommandOptions["breakers open"],
  context: Context,
): Promise<number> {
  return showBreakers(context, (deps) => holdBreaker(deps, name, "forced-open", forMs));
}
