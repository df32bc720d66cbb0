import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { fail, TestxError } from "../../core/failure.ts";
import { isObject } from "../../core/json.ts";
import type { AnyProvider } from "../../core/provider.ts";
import type { ProviderSource } from "../../core/settings.ts";
import type { AnyService } from "../../core/stand-in.ts";
import { suggest } from "../../core/suggest.ts";
import type { Finding } from "../../core/validate/problem.ts";
import { inTime } from "./in-time.ts";
import type { ProjectFile } from "./project.ts";

/** A source of providers that also has those which the project's settings name. */
export interface OwnProviders extends ProviderSource {
  /**
   * What is wrong with the entries, placed in the settings. Only those of `wanted` are loaded: an
   * entry that nothing uses runs no code.
   */
  check(wanted: ReadonlySet<unknown>): Promise<Finding[]>;
}

/**
 * Adds what `providers` of the settings names: `{ "jira": "./providers/jira.ts" }`, relative to
 * the project, or the name of a package as a file of the project would import it.
 */
export function ownProviders(
  settings: ProjectFile | undefined,
  project: string,
  base: ProviderSource,
): OwnProviders {
  const { value } = settings ?? {};
  const written = isObject(value) && isObject(value.providers) ? value.providers : {};
  const known = base.ids();
  const isFile = settings !== undefined;
  const entries = new Map(
    Object.entries(written).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
    ),
  );
  // Also what is no text: that is told where it stands, and not as a provider that nobody knows.
  const fresh = Object.keys(written).filter((id) => !known.includes(id));
  const loads = new Map<string, Promise<AnyProvider>>();
  const load = (id: string): Promise<AnyProvider> => {
    if (!fresh.includes(id)) return base.load(id);
    const loading = loads.get(id) ?? loadFrom(id, entries.get(id) ?? "", project);
    loads.set(id, loading);
    return loading;
  };
  const problem = async (id: string, at: string, wanted: boolean): Promise<Finding[]> => {
    const finding = (code: string, message: string, suggestion?: string): Finding => ({
      ...{ code, message, path: ["providers", id] },
      ...(suggestion === undefined ? {} : { suggestion }),
    });
    if (known.includes(id)) {
      const message = `There is a provider "${id}" already, which is not replaced; give yours another id.`;
      return [finding("PROVIDER_INVALID", message)];
    }
    try {
      if (wanted) await load(id);
      else locate(id, at, project);
      return [];
    } catch (error) {
      if (!(error instanceof TestxError)) throw error;
      const { code, message, details } = error.failure;
      const mistakes = (details?.mistakes ?? [message]) as string[];
      return mistakes.map((text) => finding(code, text, details?.suggestion as string | undefined));
    }
  };
  return {
    ids: () => [...known, ...fresh],
    own: () => [...base.own(), ...fresh],
    load,
    async check(wanted) {
      // What a program has given stands in no file: a mistake in it has no place there.
      await Promise.all(base.own().map((id) => (wanted.has(id) ? base.load(id) : undefined)));
      if (!isFile) return [];
      const all = [...entries].map(([id, at]) => problem(id, at, wanted.has(id)));
      return (await Promise.all(all)).flat();
    },
  };
}

/**
 * The stand-ins that a source's own providers bring, for the sandbox. Those that cannot be loaded
 * are left out: what needs them says so.
 * @throws TestxError PROVIDER_INVALID when a stand-in is none
 */
export async function standInsOf(source: ProviderSource): Promise<AnyService[]> {
  const all = source.own().map(async (id): Promise<AnyService[]> => {
    const provider = await source.load(id).catch((error: unknown) => {
      if (error instanceof TestxError) return undefined;
      throw error;
    });
    if (provider?.sandbox === undefined) return [];
    const service = await provider.sandbox();
    const { standInMistakes } = await import("../../core/validate/provider.ts");
    const [mistake] = standInMistakes(service, id);
    if (mistake !== undefined) fail("PROVIDER_INVALID", `The provider "${id}": ${mistake}`);
    return [service];
  });
  return (await Promise.all(all)).flat();
}

async function loadFrom(id: string, at: string, project: string): Promise<AnyProvider> {
  const url = locate(id, at, project);
  let module: Record<string, unknown>;
  try {
    module = await inTime(import(/* @vite-ignore */ url));
  } catch (error) {
    const message = `Loading the provider "${id}" from ${at} failed: ${whyOf(error, project)}`;
    return fail("PROVIDER_FAILED_TO_LOAD", message, {}, error);
  }
  const exported = module.default ?? module[id] ?? module[camelCase(id)];
  if (exported === undefined) {
    const names = Object.keys(module).join(", ") || "nothing";
    const message = `${at} exports no provider: neither as default nor as ${camelCase(id)}. It exports ${names}.`;
    return fail("PROVIDER_INVALID", message);
  }
  return heldTo(exported, id, at, project);
}

/**
 * A provider of somebody's own that has all its parts, and answers for its mistakes.
 * @param from where it came from, as errors say it
 * @throws TestxError PROVIDER_INVALID
 */
export async function heldTo(
  value: unknown,
  id: string,
  from: string,
  project: string,
): Promise<AnyProvider> {
  const { providerMistakes } = await import("../../core/validate/provider.ts");
  const mistakes = providerMistakes(value, id).map((text) => `${from} is no provider. ${text}`);
  if (mistakes.length > 0) {
    fail("PROVIDER_INVALID", mistakes.join(" "), { details: { mistakes } });
  }
  const { answerable } = await import("../../core/answerable.ts");
  return answerable(value as AnyProvider, (error) => whyOf(error, project));
}

/** What was said, and where in the project it happened. */
function whyOf(error: unknown, project: string): string {
  if (!(error instanceof Error)) return String(error);
  const [said = ""] = error.message.split("\n");
  const places = (error.stack ?? "").matchAll(frame);
  for (const [, file = "", line] of places) {
    const inside = relative(project, pathOf(file) ?? project);
    const isOutside = isAbsolute(inside) || /^\.\.|node_modules/.test(inside);
    if (inside !== "" && !isOutside) return `${said} (${inside}:${line})`;
  }
  return said;
}

/** A file and its line in a stack: a URL where it was imported, a path where it was required. */
const frame = /(?:^|\(|\bat (?:async )?)((?:file:\/\/|[A-Za-z]:[\\/]|\/).+?):(\d+)(?::\d+)?\)?$/gm;

function pathOf(file: string): string | undefined {
  if (!file.startsWith("file:")) return file;
  try {
    return fileURLToPath(file);
  } catch {
    // No file of this system.
    return undefined;
  }
}

/** The file's URL. @throws TestxError PROVIDER_NOT_FOUND when there is no such file or package */
function locate(id: string, at: string, project: string): string {
  if (/^\.{1,2}[\\/]/.test(at) || isAbsolute(at)) {
    const path = resolve(project, at);
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
    if (isFolder === false) return pathToFileURL(path).href;
    if (isFolder) {
      const index = ["index.ts", "index.js", "index.mjs"].find((name) =>
        existsSync(join(path, name)),
      );
      const message = `${at} is a folder: name the file that the provider "${id}" is in.`;
      return missing(message, index && `${at.replace(/[\\/]$/, "")}/${index}`);
    }
    const message = `There is no file ${at} in ${project}, which the provider "${id}" is said to be in.`;
    return missing(message, nearFile(path, at));
  }
  try {
    return pathToFileURL(resolveFrom(at, project)).href;
  } catch (error) {
    const [said = ""] = (error as Error).message.split("\n");
    const isFile = existsSync(resolve(project, at));
    const hint = isFile ? `./${at}` : suggest(at, packagesOf(project))[0];
    return missing(`The provider "${id}" is said to be in the package ${at}: ${said}.`, hint);
  }
}

function missing(message: string, suggestion: string | undefined): never {
  return fail("PROVIDER_NOT_FOUND", message, suggestion ? { details: { suggestion } } : {});
}

/** The file that an `import` in a module of the folder would lead to. */
function resolveFrom(specifier: string, folder: string): string {
  const { resolve } = createRequire(join(folder, "package.json"));
  const conditions = ["node", "import", "module-sync", "node-addons"];
  const hooks = registerHooks({
    resolve: (asked, context, next) =>
      next(asked, asked === specifier ? { ...context, conditions } : context),
  });
  try {
    return resolve(specifier);
  } finally {
    hooks.deregister();
  }
}

/** `team-wiki` may be exported as `teamWiki`. */
function camelCase(id: string): string {
  return id.replace(/[-_]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function nearFile(path: string, at: string): string | undefined {
  try {
    const [found] = suggest(basename(path), readdirSync(dirname(path)));
    return found && at.slice(0, at.length - basename(at).length) + found;
  } catch {
    return undefined;
  }
}

function packagesOf(project: string): string[] {
  try {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(project, "package.json"), "utf8"),
    ) as Record<string, object | undefined>;
    return Object.keys({ ...dependencies, ...devDependencies });
  } catch {
    return [];
  }
}
