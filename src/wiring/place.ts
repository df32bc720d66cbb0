import { join, resolve } from "node:path";
import { TestxError } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import { discover } from "../platform/config/discover.ts";
import { inProject } from "../platform/config/home.ts";
import type { Place } from "./world.ts";

/** The state folder, absolute: as given, as the project's settings say, or `.testx` in the project; the sandbox's lies inside. */
export async function stateFolder(place: Place): Promise<string> {
  return (await placed(place)).folder;
}

export interface Placed {
  /** The state folder, as `stateFolder` says. */
  readonly folder: string;
  /** CONFIG_NOT_FOUND, where a configuration was looked for. */
  readonly missing?: TestxError;
}

export async function placed({ cwd, config, state, sandbox }: Place): Promise<Placed> {
  const own = state === undefined ? await projectState(cwd, config) : undefined;
  const folder = typeof own === "string" ? own : resolve(cwd, state ?? ".testx");
  return {
    folder: sandbox ? join(folder, "sandbox") : folder,
    ...(own instanceof TestxError && own.code === "CONFIG_NOT_FOUND" && { missing: own }),
  };
}

async function projectState(cwd: string, config: string | undefined): Promise<string | TestxError> {
  try {
    const { project, settings } = await discover(cwd, config, (path) => path);
    const state = (settings?.value as { state?: Json } | undefined)?.state;
    return inProject(project, typeof state === "string" ? state : ".testx");
  } catch (error) {
    // What is wrong with the configuration is told where it is read; the journal needs none.
    if (error instanceof TestxError) return error;
    throw error;
  }
}
