import { fail } from "../core/failure.ts";
import { isObject, type JsonObject } from "../core/json.ts";

/** The contents of a `--seed` file. */
export async function readSeed(path: string): Promise<JsonObject> {
  const { readFile } = await import("node:fs/promises");
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    fail("SANDBOX_SEED_INVALID", `The seed ${path} cannot be read: ${why}.`, {}, error);
  }
  if (!isObject(value)) fail("SANDBOX_SEED_INVALID", `The seed ${path} is no JSON object.`);
  return value as JsonObject;
}
