import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root, testx } from "../support/cli.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-together-"));
  cpSync(join(root, "config"), join(folder, "config"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("of several that start the stand-ins at once one sets up, and the others say that it does", async () => {
  const setup = () => testx(["setup", "--sandbox", "--quiet"], { cwd: folder });
  const ended = await Promise.all(Array.from({ length: 4 }, setup));
  const all = ended.map(({ stderr }) => stderr).join("\n");
  const codes = ended.map(({ code }) => code);
  expect(codes, all).toContain(0);
  // One that comes late finds the first one gone, and all as it should be.
  expect(
    codes.filter((code) => code !== 0 && code !== 7),
    all,
  ).toEqual([]);
  const plan = await testx(["plan", "--sandbox", "--exit-code"], { cwd: folder });
  expect(plan.code, plan.stdout).toBe(0);
});
