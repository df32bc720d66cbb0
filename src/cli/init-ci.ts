import { existsSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../core/exit-codes.ts";
import { fail } from "../core/failure.ts";
import { writeJson } from "../render/ndjson.ts";
import { writeLines } from "../render/renderer.ts";
import { symbolsFor } from "../render/terminal.ts";
import { hanging } from "../render/text.ts";
import type { Context } from "./context.ts";
import { ciJobs, type Installed } from "./init/ci-jobs.ts";
import { compare, write } from "./init/write.ts";
import type { CiSystem } from "./options.ts";

/** Writes a job that plays the outages. @throws TestxError CLI_FILE_EXISTS, CLI_WRITE_FAILED */
export function initCi(system: CiSystem, force: boolean, { io, screen, global }: Context): number {
  const { path, text, next } = ciJobs[system](installedBy(io.cwd));
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

function installedBy(folder: string): Installed {
  if (existsSync(join(folder, "package-lock.json"))) return "npm ci";
  return existsSync(join(folder, "package.json")) ? "npm install" : undefined;
}
