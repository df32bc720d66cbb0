import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root, testx } from "../support/cli.ts";

const { createLoader } = createRequire(import.meta.url)(join(root, "bin/chunks.js")) as {
  createLoader(all: string, build: string): { load(file: string): { value: number } };
};
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-chunks-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a file that could not be read is not there half: asked for again, it is loaded whole", () => {
  const [main, part] = [join(folder, "main.cjs"), join(folder, "part.cjs")];
  writeFileSync(main, 'exports.value = 1 + require("./part.cjs").value;');
  const { load } = createLoader(join(folder, "kept"), "build");
  expect(() => load(main)).toThrow(/ENOENT/);
  expect(() => load(main)).toThrow(/ENOENT/);
  writeFileSync(part, "exports.value = 1;");
  expect(load(main)).toEqual({ value: 2 });
});

test("what a settings file of code throws is told, also with compiled code kept", async () => {
  for (const name of ["testx.config.mjs", "testx.config.cjs", "testx.config.ts"]) {
    const cwd = mkdtempSync(join(folder, "project-"));
    writeFileSync(join(cwd, name), 'throw new Error("boom");\n');
    for (let at = 0; at < 2; at += 1) {
      const { stderr } = await testx(["config", "validate"], { cwd });
      expect(stderr).toContain("CONFIG_CODE_FAILED");
      expect(stderr).toContain("boom");
    }
  }
});

test("where the folder was removed is told by its name, also as JSON", async () => {
  const gone = join(folder, "gone");
  const inside = (args: string) => {
    const text = `mkdir '${gone}' && cd '${gone}' && rmdir '${gone}' && exec '${process.execPath}' '${root}/bin/testx.js' ${args}`;
    return spawnSync("sh", ["-c", text], { encoding: "utf8" });
  };
  const { status, stderr } = inside("status");
  expect({ status, stderr }).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/CLI_FOLDER_GONE(.|\n)*`cd`/),
  });
  const { findings } = JSON.parse(inside("doctor --json").stdout);
  expect(findings).toMatchObject([{ code: "CLI_FOLDER_GONE" }]);
  expect(inside("explain BUG").status).toBe(0);
});

test("a command that only looks at the journal loads nothing of the configuration or the services", async () => {
  const env = { XDG_CACHE_HOME: join(folder, "cache") };
  expect((await testx(["status"], { cwd: folder, env })).code).toBe(0);
  const kept = readdirSync(env.XDG_CACHE_HOME, { recursive: true }).map((path) =>
    basename(`${path}`),
  );
  const loaded = kept.flatMap((name) => /^([a-z-]+?)(-[\w-]{8})?\.cjs$/.exec(name)?.[1] ?? []);
  expect(loaded).toContain("project");
  const heavy = ["calls", "catalogue", "config", "engine", "more", "sandbox", "validate", "zod"];
  expect(loaded.filter((name) => heavy.includes(name))).toEqual([]);
});
