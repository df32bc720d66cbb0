import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { failure, TestxError } from "../../core/failure.ts";
import { whyRefused } from "../why-refused.ts";
import { ignored, type StarterFile } from "./starter.ts";

export interface Compared extends StarterFile {
  readonly state: "new" | "same" | "different";
}

/** How the files to write stand to those that are there. */
export function compare(folder: string, files: readonly StarterFile[]): Compared[] {
  return files.map((file) => {
    const there = read(join(folder, file.path));
    const state = there === undefined ? "new" : there === file.text ? "same" : "different";
    return { ...file, state };
  });
}

/** `.gitignore` with the lines that are missing at its end; `undefined` when none is. */
export function ignoreFile(folder: string): StarterFile | undefined {
  const there = read(join(folder, ".gitignore")) ?? "";
  const lines = there.split(/\r?\n/).map((line) => line.trim().replace(/^\//, ""));
  const missing = ignored.filter(
    (line) => !lines.includes(line) && !lines.includes(line.replace(/\/$/, "")),
  );
  if (missing.length === 0) return undefined;
  const before = there === "" || there.endsWith("\n") ? there : `${there}\n`;
  return { path: ".gitignore", text: `${before}${missing.join("\n")}\n` };
}

/** All of them or, when one cannot be written, none. @throws TestxError CLI_WRITE_FAILED */
export function write(folder: string, files: readonly StarterFile[]): void {
  const undo: (() => void)[] = [];
  for (const { path, text } of files) {
    const file = join(folder, path);
    try {
      const before = read(file);
      const made = mkdirSync(dirname(file), { recursive: true });
      if (made !== undefined) undo.push(() => rmSync(made, { recursive: true, force: true }));
      undo.push(() => {
        if (before === undefined) rmSync(file, { force: true });
        else writeFileSync(file, before);
      });
      writeFileSync(file, text);
    } catch (error) {
      for (const step of undo.reverse()) quietly(step);
      throw error instanceof TestxError ? error : unwritable(file, error);
    }
  }
}

function quietly(step: () => void): void {
  try {
    step();
  } catch {
    // The first failure is the one to tell.
  }
}

/** The folder, from inside `config/integrations`, of the schemas of an installed testx. */
export function installedSchemas(folder: string): string | undefined {
  const schemas = "node_modules/testx/schema";
  return existsSync(join(folder, schemas)) ? `../../${schemas}` : undefined;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unwritable(file, error);
  }
}

function unwritable(file: string, cause: unknown): TestxError {
  const message = `${file} cannot be written: ${whyRefused(cause)}.`;
  return new TestxError(failure("CLI_WRITE_FAILED", message), { cause });
}
