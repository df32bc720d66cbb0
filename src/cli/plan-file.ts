import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { fail } from "../core/failure.ts";
import { isSavedPlan, type SavedPlan } from "../core/saved-plan.ts";
import { whyRefused } from "./why-refused.ts";

/**
 * Writes the file whole or not at all; only its owner may read it.
 * @throws TestxError PLAN_UNWRITABLE
 */
export async function writePlanFile(path: string, plan: SavedPlan): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(draft, `${JSON.stringify(plan, null, 2)}\n`, { mode: 0o600, flag: "wx" });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    fail(
      "PLAN_UNWRITABLE",
      `The plan cannot be saved as ${path}: ${whyRefused(error)}.`,
      {},
      error,
    );
  }
}

/** @throws TestxError PLAN_UNREADABLE */
export async function readPlanFile(path: string): Promise<SavedPlan> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? "it is not JSON" : whyRefused(error);
    fail("PLAN_UNREADABLE", `The plan ${path} cannot be read: ${why}.`, {}, error);
  }
  if (isSavedPlan(value)) return value;
  return fail("PLAN_UNREADABLE", `${path} is no plan of this version of testx.`);
}
