import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { LoadedConfig } from "../../../src/core/settings.ts";
import { lyingAbout } from "../../../src/features/doctor/lying-about.ts";
import { fileProbe } from "../../../src/platform/probes/files.ts";
import { gitProbe } from "../../../src/platform/probes/git.ts";

/** A repository whose every file git tracks, in a folder that a shell would take for two. */
function repository(files: readonly string[]): string {
  const above = mkdtempSync(join(tmpdir(), "testx-lying-"));
  onTestFinished(() => rmSync(above, { recursive: true, force: true }));
  const root = join(above, "the project");
  for (const name of files) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), "", { mode: 0o600 });
  }
  execFileSync("git", ["init", "-q", root]);
  execFileSync("git", ["-C", root, "add", "-f", "."]);
  return root;
}

async function found(root: string, state: string, cwd = root) {
  const config = {
    ...{ sequence: { integrations: [] }, providers: new Map(), project: root },
  } as unknown as LoadedConfig;
  const checks = lyingAbout(config, {
    ...{ cwd, folder: join(root, state), secrets: () => new Map(), env: () => undefined },
    ...{ files: fileProbe(process.getuid?.()), git: gitProbe(process.env) },
  });
  const outcomes = await Promise.all(checks.map(({ run }) => run(() => undefined)));
  return outcomes.flatMap(({ findings }) => findings);
}

/** What git still tracks after the commands that are given. */
function trackedAfter(root: string, findings: Awaited<ReturnType<typeof found>>): string[] {
  for (const { fix } of findings)
    execFileSync("sh", ["-euc", fix.command ?? "false"], { cwd: root });
  const out = execFileSync("git", ["-C", root, "ls-files"], { encoding: "utf8" });
  return out.split("\n").filter(Boolean);
}

it.each(["src", "."])("takes no source for testx's memory where --state is %s", async (state) => {
  const root = repository(["src/index.ts", "src/key", "src/.gitignore", "src/accounts.json"]);
  expect(await found(root, state)).toEqual([]);
});

it.each(["src", "."])("names what is testx's own of others' files in %s", async (state) => {
  const own = join(state, "state.db");
  const root = repository(["src/index.ts", "key", "src/key", own, `${own}-wal`]);
  const findings = await found(root, state);
  expect(findings.map(({ code }) => code)).toEqual(["SECRET_IN_GIT"]);
  expect(findings[0]?.what).toContain(own);
  expect(trackedAfter(root, findings)).toEqual(["key", "src/index.ts", "src/key"]);
});

it.each([".testx", "the memory"])("names %s as a whole, which is nobody else's", async (state) => {
  const root = repository(["index.ts", `${state}/state.db`, `${state}/key`]);
  const findings = await found(root, state);
  expect(findings.map(({ about }) => about)).toEqual([state]);
  expect(trackedAfter(root, findings)).toEqual(["index.ts"]);
});

it("takes no memory outside of the repository for something in it", async () => {
  const root = repository(["index.ts"]);
  mkdirSync(join(root, "../.testx"));
  writeFileSync(join(root, "../.testx/state.db"), "", { mode: 0o600 });
  expect(await found(root, "../.testx")).toEqual([]);
});

it("gives commands that a shell takes as they are meant, from below the repository, too", async () => {
  const root = repository([".env", "below/index.ts"]);
  const findings = await found(root, ".testx", join(root, "below"));
  expect(findings.map(({ about }) => about)).toEqual([".env"]);
  expect(trackedAfter(root, findings)).toEqual(["below/index.ts"]);
});
