import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { gitProbe } from "../../../src/platform/probes/git.ts";

function repository(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "testx-git-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  execFileSync("git", ["init", "-q"], { cwd: folder });
  execFileSync("git", ["add", "."], { cwd: folder });
  return folder;
}

/** A git that notes each start before it does its work. */
function counting() {
  const folder = mkdtempSync(join(tmpdir(), "testx-bin-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "git"), `#!/bin/sh\necho "$@" >> ${folder}/starts\nexec ${real} "$@"\n`);
  chmodSync(join(bin, "git"), 0o755);
  writeFileSync(join(folder, "starts"), "");
  const starts = () => readFileSync(join(folder, "starts"), "utf8").split("\n").filter(Boolean);
  return { env: { PATH: `${bin}:${process.env.PATH}` }, starts };
}

it("starts git once for many texts that stand nowhere, and never with one in its arguments", async () => {
  const folder = repository({ "a.txt": "nothing of it\n" });
  const { env, starts } = counting();
  const texts = ["secret-one", "secret-two", "se.*ret", "a line\nand another", ""];
  expect(await gitProbe(env).holding(folder, texts)).toEqual([]);
  expect(starts()).toHaveLength(1);
  expect(starts().join()).not.toContain("secret");
});

it("tells which file holds which text", async () => {
  const folder = repository({ "a.txt": "x secret-one y\n", "b.txt": "secret-two\nsecret-one\n" });
  writeFileSync(join(folder, "untracked.txt"), "secret-one");
  const found = await gitProbe(counting().env).holding(folder, [
    "none",
    "secret-one",
    "secret-two",
  ]);
  expect(found).toEqual([
    { file: "a.txt", text: 1 },
    { file: "b.txt", text: 1 },
    { file: "b.txt", text: 2 },
  ]);
});
