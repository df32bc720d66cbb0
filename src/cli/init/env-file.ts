import { execFile } from "node:child_process";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ignoreFile } from "./write.ts";

/**
 * Why a file with secrets must not be written here; `undefined`: Git ignores it, or there is no
 * Git and .gitignore names it.
 */
export async function exposure(folder: string): Promise<string | undefined> {
  if ((await git(folder, ["ls-files", "--error-unmatch", "--", ".env"])) === 0) {
    return "Git has .env in its index: take it out with `git rm --cached .env` first.";
  }
  const checked = await git(folder, ["check-ignore", "-q", "--no-index", "--", ".env"]);
  if (checked === 1) return "Git does not ignore .env here.";
  if (checked === 0) return undefined;
  return ignoreFile(folder) === undefined ? undefined : "No .gitignore names .env here.";
}

/** Git's exit code; `undefined`: there is no Git. */
function git(folder: string, args: readonly string[]): Promise<number | undefined> {
  return new Promise((resolve) => {
    execFile("git", args, { cwd: folder }, (error) => {
      const code: unknown = error === null ? 0 : error.code;
      resolve(typeof code === "number" ? code : undefined);
    });
  });
}

export interface Kept {
  readonly written: readonly string[];
  /** They have another value there, which stays. */
  readonly left: readonly string[];
}

/**
 * Puts values into `.env`, for its owner alone: into lines that are there without a value, or at
 * the end. Nothing else of it changes, and it is replaced as a whole.
 */
export function keep(folder: string, values: Readonly<Record<string, string>>): Kept {
  const file = join(folder, ".env");
  const before = textOf(file);
  const lines = before === "" ? [] : before.replace(/\n$/, "").split("\n");
  const left: string[] = [];
  const written: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const line = `${name}=${quoted(value)}`;
    const at = lines.findIndex((text) => text.replace(/^export\s+/, "").startsWith(`${name}=`));
    const there = lines[at]?.slice(lines[at].indexOf("=") + 1).trim();
    if (there !== undefined && there !== "" && there !== '""' && there !== "''") {
      if (there !== quoted(value)) left.push(name);
      continue;
    }
    if (at < 0) lines.push(line);
    else lines[at] = line;
    written.push(name);
  }
  if (written.length > 0) replace(file, `${lines.join("\n")}\n`);
  return { written, left };
}

function replace(file: string, text: string): void {
  const draft = `${file}.new`;
  try {
    rmSync(draft, { force: true });
    writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** For a shell, for direnv and for `node --env-file` alike. */
function quoted(value: string): string {
  return /^[\w./:@%+=,-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
