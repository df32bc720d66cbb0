import { join, resolve } from "node:path";
import { getBuiltinModule } from "node:process";

/** A path of the settings, from the project's folder; `~/` means home there too. */
export function inProject(project: string, path: string): string {
  const isHome = path === "~" || path.startsWith("~/");
  if (!isHome) return resolve(project, path);
  return join(getBuiltinModule("node:os").homedir(), path.slice(1));
}
