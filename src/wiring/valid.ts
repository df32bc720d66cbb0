import { join } from "node:path";
import type { ValidBefore } from "../core/schema.ts";
import { validBefore } from "../platform/valid-before.ts";

/** What was found valid before, in a folder for what can be made anew; left out: in memory. */
export function openValid(folder?: string): ValidBefore {
  return validBefore(folder === undefined ? undefined : join(folder, "valid"));
}
