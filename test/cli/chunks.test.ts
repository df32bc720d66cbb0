import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../support/cli.ts";

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
