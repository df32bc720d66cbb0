import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { startSandbox } from "../../src/sandbox/server.ts";
import { loadServices } from "../../src/sandbox/services.ts";
import { root } from "../support/cli.ts";
import { impatient } from "../support/project.ts";
import type { Block } from "./pages.ts";

export interface Typed {
  readonly block: Block;
  readonly command: string;
  /** What the page shows below it; left out: nothing is shown. */
  readonly shown?: string;
}

export interface Ran extends Typed {
  readonly code: number;
  /** Standard output; standard error where there is none. */
  readonly output: string;
  readonly log: string;
}

/** What a reader would type: a block of `sh` as a whole, of `console` line by line. */
export function typedIn(block: Block): Typed[] {
  if (block.language !== "console") return [{ block, command: block.text.trim() }];
  return block.text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = "", ...shown] = part.split("\n");
      return { block, command, shown: shown.join("\n").trimEnd() };
    });
}

/**
 * Runs it all in one shell, one after the other, in an empty folder, with the services' variables
 * pointing at a sandbox.
 * `tools`: further programs on the PATH, by name, as scripts of `sh`.
 */
export async function runAll(
  typed: readonly Typed[],
  tools: Readonly<Record<string, string>> = {},
): Promise<Ran[]> {
  const folder = mkdtempSync(join(tmpdir(), "testx-docs-"));
  const sandbox = await startSandbox({ services: await loadServices() });
  const at = (name: string): string => join(folder, "results", name);
  mkdirSync(join(folder, "results"));
  mkdirSync(join(folder, "project"));
  const program = { testx: `exec "${process.execPath}" "${join(root, "bin/testx.js")}" "$@"` };
  for (const [name, script] of Object.entries({ ...program, ...tools })) {
    writeFileSync(at(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  // In the middle of a block nothing may fail either.
  const lines = typed.flatMap(({ command }, index) => [
    "failed=0",
    "trap 'failed=$?' ERR",
    `{\n${command}\n} > "${at(`${index}.out`)}" 2> "${at(`${index}.err`)}"`,
    "trap - ERR",
    `echo $failed > "${at(`${index}.code`)}"`,
  ]);
  writeFileSync(at("all.sh"), `set -o pipefail\n${lines.join("\n")}\n`);
  // A process group, so that what the page leaves running in the background ends with it.
  const shell = spawn("bash", [at("all.sh")], {
    cwd: join(folder, "project"),
    detached: true,
    stdio: "ignore",
    env: {
      PATH: `${at("")}${delimiter}${process.env.PATH}`,
      HOME: folder,
      LANG: "C.UTF-8",
      ...sandbox.environment,
      ...impatient,
    },
  });
  try {
    await once(shell, "exit");
    return typed.map((it, index) => {
      const read = (end: string): string => {
        try {
          return readFileSync(at(`${index}.${end}`), "utf8");
        } catch {
          return "";
        }
      };
      const [out, err] = [read("out"), read("err")];
      const code = Number.parseInt(read("code") || "-1", 10);
      return { ...it, code, output: out === "" ? err : out, log: `${out}${err}` };
    });
  } finally {
    try {
      process.kill(-shell.pid!, "SIGTERM");
    } catch {
      // Nothing is left of it.
    }
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Output without what differs from run to run. */
export function shape(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, "<when>")
    .replace(/\d{8}-\d{6}-[a-z0-9]{4}/g, "<run>")
    .replace(/^( {2}[-~=] )[a-z0-9]{16}(?= )/gm, "$1<point>")
    .replace(/\bC0[0-9A-Z]{7,}\b/g, "<channel>")
    .replace(/[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>")
    .replace(/\bjust now\b|\b\d+(?:\.\d+)?m?s ago\b/g, "<age>")
    .replace(/\b\d+(?:\.\d+)?m?s\b/g, "<time>")
    .replace(/(127\.0\.0\.1):\d+/g, "$1:<port>");
}

/** The first line of the page that the output does not have where it should; `…` stands for any lines. */
export function missingLine(shown: string, output: string): string | undefined {
  const actual = shape(output).trim().split("\n");
  let at = 0;
  let gap = false;
  for (const line of shape(shown).trim().split("\n")) {
    if (line === "…") {
      gap = true;
      continue;
    }
    const found = gap ? actual.indexOf(line.trimEnd(), at) : at;
    if (found < 0 || actual[found]?.trimEnd() !== line.trimEnd()) return line;
    at = found + 1;
    gap = false;
  }
  return gap || at === actual.length ? undefined : `(the end; there is more: ${actual[at]})`;
}
