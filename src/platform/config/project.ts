import { readdirSync, readFileSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import { fail, TestxError } from "../../core/failure.ts";
import { isObject, type Json } from "../../core/json.ts";
import { type Problem, problemDetails } from "../../core/validate/problem.ts";
import { type Document, jsonDocument, looseDocument } from "./document.ts";
import { inTime } from "./in-time.ts";
import { problemsOfSource, type Source, sourceOf } from "./source.ts";

/** The project's settings file. */
export interface ProjectFile extends Document {
  /** Absolute. */
  readonly path: string;
}

type Load = (path: string, text: string) => unknown;

const names =
  /^(\.?testxrc(\.(json|ya?ml|[cm]?js|ts))?|testx\.config\.([cm]?js|ts)|package\.json)$/;

export function isProjectFile(path: string): boolean {
  return names.test(basename(path));
}

/** Whether it is worth loading cosmiconfig: most projects have no settings beside the four files. */
export function mayHoldSettings(folder: string): boolean {
  const named = (path: string) => filesIn(path).filter(isProjectFile);
  if ([...named(folder), ...named(join(folder, ".config"))].some((name) => name !== "package.json"))
    return true;
  try {
    return /"(testx|cosmiconfig)"/.test(readFileSync(join(folder, "package.json"), "utf8"));
  } catch {
    return false;
  }
}

/** Settings that nobody reads: beside those that are `taken`, or in a form that testx does not know. */
export function unreadSettings(folder: string, taken: string | undefined): string[] {
  const strange = /^\.?testx(rc|\.config)?\.(toml|json[c5]?|ya?ml)$/i;
  const inside = (path: string) => filesIn(path).map((name) => join(path, name));
  return [...inside(folder), ...inside(join(folder, ".config"))].filter((path) => {
    const name = basename(path);
    if (name === "package.json" || path === taken) return false;
    // Where none is taken, one that testx knows is empty.
    return isProjectFile(name) ? taken !== undefined : strange.test(name);
  });
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What cosmiconfig looks for in a folder, for the message that nothing was found. */
export const searchPlaces =
  "testx.config.{js,ts,cjs,mjs}, .testxrc*, .config/testxrc*, package.json#testx";

/**
 * Looks for the project's settings in one folder by cosmiconfig's conventions, or loads the
 * file given. Files in JavaScript or TypeScript are code, and are run.
 * @throws TestxError CONFIG_INVALID when there is a file but it cannot be loaded
 */
export async function loadProject(
  place: { readonly directory: string } | { readonly file: string },
  show: (path: string) => string,
): Promise<ProjectFile | undefined> {
  const { cosmiconfig, defaultLoaders } = await import("cosmiconfig");
  const texts = new Map<string, string>();
  const sources = new Map<string, Source>();
  const guarded =
    (load: Load): Load =>
    async (path, text) => {
      texts.set(path, text);
      try {
        const given = await inTime(load(path, text));
        // What it exports under names is not read, and not silently passed over.
        if (given === undefined && isCode(path)) throw new Error("it has no default export");
        return given;
      } catch (error) {
        throw unloadable(error, show(path));
      }
    };
  const json: Load = (path, given) => {
    // A byte order mark does no harm, as in the other files.
    const text = given.replace(/^\ufeff/, "");
    if (basename(path) === "package.json") return packageJson(path, text, sources, show);
    const source = sourceOf(show(path), text);
    sources.set(path, source);
    return source.root?.value ?? {};
  };
  const yaml = guarded(defaultLoaders.noExt as Load);
  const explorer = attempt(show, () =>
    cosmiconfig("testx", {
      searchStrategy: "none",
      cache: false,
      loaders: {
        ...Object.fromEntries(
          Object.entries(defaultLoaders).map(([extension, load]) => [extension, guarded(load)]),
        ),
        ".json": json,
        noExt: (path, text) => (/^\s*\{/.test(text) ? json(path, text) : yaml(path, text)),
      },
    }),
  );
  const found =
    "file" in place ? await explorer.load(place.file) : await explorer.search(place.directory);
  if (found === null || found.isEmpty || found.config === undefined) return undefined;
  const path = resolve(found.filepath);
  const source = sources.get(path);
  const base = basename(path) === "package.json" ? ["testx"] : [];
  const document =
    source === undefined
      ? looseDocument(show(path), texts.get(path) ?? "", found.config as Json)
      : jsonDocument(source, base);
  return { ...document, path };
}

/** Cosmiconfig looks for options of its own first, and takes no package.json that is not JSON. */
function attempt<T>(show: (path: string) => string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { filepath } = error as { filepath?: unknown };
    if (typeof filepath !== "string") throw error;
    const file = show(filepath);
    const text = readFileSync(filepath, "utf8").replace(/^\ufeff/, "");
    const found = problemsOfSource(sourceOf(file, text), []);
    const message = "The file begins with a byte order mark, which a package.json must not have.";
    const problem = { code: "CONFIG_BAD_JSON", message, text: "", file, line: 1, column: 1 };
    const problems = found.length > 0 ? found : [problem];
    return fail("CONFIG_INVALID", `${file}: ${problems[0]?.message}`, {
      details: problemDetails(problems),
    });
  }
}

/** Only what concerns testx: a package.json may be broken or strange in its own ways. */
function packageJson(
  path: string,
  text: string,
  sources: Map<string, Source>,
  show: (path: string) => string,
): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {};
  }
  if (!isObject(value) || !Object.hasOwn(value, "testx")) return {};
  sources.set(path, sourceOf(show(path), text));
  return value;
}

function isCode(path: string): boolean {
  return /\.[cm]?[jt]s$/.test(path);
}

interface YamlError {
  readonly reason?: string;
  readonly mark?: { readonly line: number; readonly column: number };
}

function unloadable(error: unknown, file: string): unknown {
  if (error instanceof TestxError) return error;
  const { reason, mark } = error as YamlError;
  const isYaml = mark !== undefined || /^\.(ya?ml|)$/.test(extname(file));
  const said = reason ?? (error instanceof Error ? error.message.split("\n")[0] : String(error));
  const problem: Problem = {
    code: isYaml ? "CONFIG_BAD_YAML" : "CONFIG_CODE_FAILED",
    message: isYaml ? `This is not YAML: ${said}.` : `Running the file failed: ${said}`,
    text: "",
    file,
    line: (mark?.line ?? 0) + 1,
    column: (mark?.column ?? 0) + 1,
  };
  try {
    return fail(
      "CONFIG_INVALID",
      `${file}: ${problem.message}`,
      { details: problemDetails([problem]) },
      error,
    );
  } catch (wrapped) {
    return wrapped;
  }
}
