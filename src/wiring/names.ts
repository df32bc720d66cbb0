import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type Json } from "../core/json.ts";
import { discover } from "../platform/config/discover.ts";
import { pointNames, runNames } from "../platform/store/names.ts";
import { stateFolder } from "./place.ts";
import type { Place } from "./world.ts";

/** What has names that only the project knows. */
export type NameKind = "integrations" | "steps" | "runs" | "points" | "scenarios";

/** How many are offered. */
const mostRuns = 20;
const mostPoints = 50;

/**
 * The names of a project, for completion: the sequence is read as it stands, valid or not.
 * Throws whatever is wrong.
 */
export async function names(kind: NameKind, place: Place): Promise<string[]> {
  if (kind === "runs") return ["last", ...runNames(await stateFolder(place), mostRuns)];
  if (kind === "points") return pointNames(await stateFolder(place), mostPoints);
  const { sequence, folder } = await discover(place.cwd, place.config, (path) => path);
  if (kind === "scenarios") {
    const own = JSON.parse(readFileSync(join(folder, "outage-scenarios.json"), "utf8"));
    return Object.keys(own.scenarios);
  }
  const { integrations } = JSON.parse(readFileSync(sequence, "utf8")) as { integrations?: Json };
  if (!isObject(integrations)) return [];
  if (kind === "integrations") return Object.keys(integrations);
  return Object.entries(integrations).flatMap(([id, integration]) => {
    const steps = isObject(integration) ? integration.steps : undefined;
    return isObject(steps) ? Object.keys(steps).map((step) => `${id}.${step}`) : [];
  });
}
