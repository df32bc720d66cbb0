import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { testx } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "testx-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("does not pass for success when a settings file ends the process", async () => {
  writeFileSync(join(folder, "testx.config.mjs"), "process.exit(0);\n");
  const { code, stdout, stderr } = await testx(["doctor", "--json"], { cwd: folder });
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^SYSTEM_FAILED {2}testx was ended before its work was done/);
});
