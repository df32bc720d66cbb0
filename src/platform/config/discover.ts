import { existsSync, lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fail } from "../../core/failure.ts";
import { dig } from "../../core/references.ts";
import { suggest } from "../../core/suggest.ts";
import {
  isProjectFile,
  loadProject,
  mayHoldSettings,
  type ProjectFile,
  searchPlaces,
} from "./project.ts";

export const sequenceName = "integration-sequence.json";
const usualFolder = join("config", "integrations");

export interface Places {
  /** The project's folder. All paths are absolute. */
  readonly project: string;
  readonly sequence: string;
  /** The folder of the three other files. */
  readonly folder: string;
  readonly settings?: ProjectFile;
}

/**
 * Finds the configuration. `config` names a folder, a sequence file or a settings file; without
 * it each folder from `cwd` up to the project's root (the first with package.json or .git;
 * outside of projects only `cwd`) is searched for settings, then for config/integrations.
 * @throws TestxError CONFIG_NOT_FOUND, CONFIG_INVALID
 */
export async function discover(
  cwd: string,
  config: string | undefined,
  show: (path: string) => string,
): Promise<Places> {
  if (config !== undefined) return named(resolve(cwd, config), rootOf(cwd), show);
  const searched = foldersUp(cwd);
  let unreachable: Places | undefined;
  for (const folder of searched) {
    const settings = mayHoldSettings(folder)
      ? await loadProject({ directory: folder }, show)
      : undefined;
    if (settings !== undefined) return fromSettings(settings, show);
    const sequence = join(folder, usualFolder, sequenceName);
    const found = presence(sequence);
    const places = { project: folder, sequence, folder: dirname(sequence) };
    if (found === "there") return places;
    if (found === "unreachable") unreachable ??= places;
  }
  // Nobody knows that it is not there: why it cannot be read is told where it is read.
  if (unreachable !== undefined) return unreachable;
  for (const folder of searched) misnamed(folder, join(usualFolder, sequenceName), show);
  const above = beyond(searched.at(-1) as string);
  const other =
    above === undefined
      ? ""
      : ` There is one in ${above}, beyond this project's root: change to it, or give \`--config ${relative(cwd, above)}\`.`;
  return fail(
    "CONFIG_NOT_FOUND",
    `No configuration found: looked for ${join(usualFolder, sequenceName)} and ${searchPlaces} in ${searched.join(", ")}. \`testx init\` writes one.${other}`,
    { details: { searched, ...(above !== undefined && { above }) } },
  );
}

async function named(
  path: string,
  project: string,
  show: (path: string) => string,
): Promise<Places> {
  if (presence(path) === "absent") notFound(`There is no ${show(path)}.`);
  if (statsOf(path)?.isDirectory()) {
    const sequence = join(path, sequenceName);
    if (presence(sequence) !== "absent") {
      return { project: projectOf(path) ?? project, sequence, folder: path };
    }
    const settings = await loadProject({ directory: path }, show);
    if (settings !== undefined) return fromSettings(settings, show);
    const usual = join(path, usualFolder, sequenceName);
    if (presence(usual) !== "absent") {
      return { project: path, sequence: usual, folder: dirname(usual) };
    }
    misnamed(path, sequenceName, show);
    notFound(`The folder ${show(path)} holds neither ${sequenceName} nor settings of testx.`);
  }
  if (!isProjectFile(path)) {
    const folder = dirname(path);
    return { project: projectOf(folder) ?? project, sequence: path, folder };
  }
  const settings = await loadProject({ file: path }, show);
  if (settings !== undefined) return fromSettings(settings, show);
  return notFound(`The file ${show(path)} holds no settings of testx.`);
}

/** Of a folder in its usual place: what is done is remembered where those inside look for it. */
function projectOf(folder: string): string | undefined {
  return folder.endsWith(`${sep}${usualFolder}`) ? resolve(folder, "..", "..") : undefined;
}

function fromSettings(settings: ProjectFile, show: (path: string) => string): Places {
  const own = dirname(settings.path);
  const project = basename(own) === ".config" ? dirname(own) : own;
  const written = settings.value === undefined ? undefined : dig(settings.value, ["config"]);
  const path = resolve(project, typeof written === "string" ? written : usualFolder);
  const isFile = statsOf(path)?.isFile() ?? path.endsWith(".json");
  const sequence = isFile ? path : join(path, sequenceName);
  if (presence(sequence) === "absent") {
    misnamed(project, relative(project, sequence), show);
    const usual = join(project, usualFolder, sequenceName);
    if (typeof written === "string" && presence(usual) === "there") {
      const message = `There is no ${show(sequence)}, where \`config\` in ${settings.file} leads, but there is ${show(usual)}.`;
      fail("CONFIG_NOT_FOUND", message, { details: { leads: settings.file } });
    }
    notFound(
      `There is no ${show(sequence)}, where ${settings.file} leads. \`testx init\` writes one.`,
    );
  }
  return { project, sequence, folder: dirname(sequence), settings };
}

/** `there`: its name is, wherever it may lead as a link. `unreachable`: a folder on the way does not tell. */
function presence(path: string): "there" | "absent" | "unreachable" {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined ? "absent" : "there";
  } catch {
    return "unreachable";
  }
}

/** `undefined`: there is nothing, or nobody knows. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Throws where something is there under a name that may have been meant for it. */
function misnamed(folder: string, path: string, show: (path: string) => string): void {
  let found = folder;
  let rename: { readonly from: string; readonly to: string } | undefined;
  for (const part of path.split(/[\\/]/)) {
    const names = namesIn(found);
    const same = names.find((name) => name === part);
    const near = () => (part === sequenceName ? nearest(names) : undefined);
    const name = same ?? names.find((one) => one.toLowerCase() === part.toLowerCase()) ?? near();
    if (name === undefined) return;
    if (/\.(ya?ml|toml|[cm]?[jt]s)$/i.test(name)) {
      const message = `There is ${show(join(found, name))}, but the sequence is read as JSON alone: write it as ${show(join(found, part))}.`;
      fail("CONFIG_NOT_FOUND", message, { details: { leads: show(join(found, name)) } });
    }
    // The first alone: what lies in a folder can be renamed when the folder has its name.
    if (same === undefined)
      rename ??= { from: show(join(found, name)), to: show(join(found, part)) };
    found = join(found, name);
  }
  if (rename === undefined) return;
  const [from, to] = [show(found), show(join(folder, path))];
  fail("CONFIG_NOT_FOUND", `There is ${from}: rename it to ${to}.`, { details: rename });
}

/** `integrations-sequence.json`, `integration-sequence.json.txt`, `integration-sequence.yaml` */
function nearest(names: readonly string[]): string | undefined {
  const stem = basename(sequenceName, ".json");
  const [typed] = suggest(
    sequenceName,
    names.filter((name) => name.endsWith(".json")),
  );
  return typed ?? names.find((name) => name.startsWith(`${stem}.`));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function notFound(message: string): never {
  return fail("CONFIG_NOT_FOUND", message);
}

/** The next folder above that has a sequence. It is only told of: whose it is, nobody knows. */
function beyond(start: string): string | undefined {
  for (let folder = start; dirname(folder) !== folder; ) {
    folder = dirname(folder);
    if (existsSync(join(folder, usualFolder, sequenceName))) return folder;
  }
  return undefined;
}

/** From the folder itself up to the root of its project. */
function foldersUp(start: string): string[] {
  const folders: string[] = [];
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    folders.push(folder);
    if (isRoot(folder)) return folders;
    if (dirname(folder) === folder) return [resolve(start)];
  }
}

function isRoot(folder: string): boolean {
  return existsSync(join(folder, "package.json")) || existsSync(join(folder, ".git"));
}

function rootOf(cwd: string): string {
  return foldersUp(cwd).at(-1) as string;
}
