import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../core/exit-codes.ts";
import { fail } from "../core/failure.ts";
import { writeJson } from "../render/ndjson.ts";
import { writeLines } from "../render/renderer.ts";
import { symbolsFor } from "../render/terminal.ts";
import { hanging } from "../render/text.ts";
import type { Context } from "./context.ts";
import { ciJobs, type Installing } from "./init/ci-jobs.ts";
import { compare, write } from "./init/write.ts";
import type { CiSystem } from "./options.ts";

/** Writes a job that plays the outages. @throws TestxError CLI_FILE_EXISTS, CLI_WRITE_FAILED */
export function initCi(system: CiSystem, force: boolean, { io, screen, global }: Context): number {
  const { path, text, next: then } = ciJobs[system](installing(io.cwd));
  const next = isDependency(io.cwd) ? then : `${without} ${then}`;
  const [file] = compare(io.cwd, [{ path, text }]);
  if (file?.state === "different" && !force) {
    const message = `There is ${path} already, and its content differs: --force replaces it.`;
    fail("CLI_FILE_EXISTS", message, { details: { files: [path] } });
  }
  const same = file?.state === "same";
  if (!same) write(io.cwd, [{ path, text }]);
  const [written, kept] = same ? [[], [path]] : [[path], []];
  if (global.json) writeJson(screen.out, { written, kept, next });
  else {
    const { terminal } = screen.out;
    const { done, dash } = symbolsFor(terminal);
    const line = same ? `${dash} ${path} (left as it is)` : `${done} ${path}`;
    writeLines(screen.out, [line, ...hanging("", next, terminal.width)]);
  }
  return exitCodes.done;
}

function installing(folder: string): Installing {
  return existsSync(join(folder, "package-lock.json")) ? "npm ci" : "npm install";
}

const without = `The job runs this project's own testx, and its package.json names none yet: install the package that \`npm pack\` makes in a clone of testx, from a place that the job has, too.`;

/** What cannot be read is told by npm. */
function isDependency(folder: string): boolean {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const { dependencies, devDependencies } = value as Record<string, object | undefined>;
    return [dependencies, devDependencies].some((all) => Object.hasOwn(all ?? {}, "testx"));
  } catch {
    return false;
  }
}
