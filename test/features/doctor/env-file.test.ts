import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { unloaded } from "../../../src/features/doctor/env-file.ts";
import { fileProbe } from "../../../src/platform/probes/files.ts";

/** A project in a folder that a shell would take for two, with a part of it to start in. */
function project(files: Readonly<Record<string, string | Uint8Array>>) {
  const above = mkdtempSync(join(tmpdir(), "testx-env-"));
  onTestFinished(() => rmSync(above, { recursive: true, force: true }));
  const folder = join(above, "the project's");
  const cwd = join(folder, "packages/a");
  mkdirSync(cwd, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const probe = fileProbe(process.getuid?.());
  const { findings } = unloaded(new Set(["TOKEN"]), folder, { cwd, files: probe });
  return { folder, cwd, fix: findings[0]?.fix };
}

function tokenAfter(command: string | undefined, cwd: string): string {
  return execFileSync("sh", ["-euc", `${command}; printf %s "$TOKEN"`], { cwd, encoding: "utf8" });
}

it("loads the nearest .env last, and .env.local after the .env beside it", () => {
  const { fix, cwd } = project({
    ".env": "TOKEN=root\n",
    ".env.local": "TOKEN=root-local\n",
    "packages/a/.env": "TOKEN=near\n",
  });
  expect(tokenAfter(fix?.command, cwd)).toBe("near");
  const both = project({ ".env": "TOKEN=root\n", ".env.local": "TOKEN=root-local\n" });
  expect(tokenAfter(both.fix?.command, both.cwd)).toBe("root-local");
});

it("names the file to save anew as a shell takes it", () => {
  const wide = Buffer.from("\ufeffTOKEN=wide\r\n", "utf16le");
  const { fix, cwd, folder } = project({ ".env": wide });
  execFileSync("sh", ["-euc", fix?.command ?? "false"], { cwd });
  expect(readFileSync(join(folder, ".env"), "utf8")).toContain("TOKEN=wide");
});

it("names the file to load as a shell takes it where its lines are to be mended first", () => {
  const { fix, folder } = project({ ".env": "TOKEN = spaced\n" });
  const [, command] = /`(set -a; .*)`/.exec(fix?.text ?? "") ?? [];
  writeFileSync(join(folder, ".env"), "TOKEN=mended\n");
  expect(tokenAfter(command, folder)).toBe("mended");
});
