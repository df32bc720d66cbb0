import { breakers } from "../../features/breakers.ts";
import { showBreakers } from "../breakers.ts";
import type { Context } from "../context.ts";

export function run(_: unknown, context: Context): Promise<number> {
  return showBreakers(context, breakers);
}
