import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
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

test("what listens where the stand-ins once did is not taken for them", async () => {
  const other = mkdtempSync(join(tmpdir(), "testx-together-"));
  onTestFinished(() => rmSync(other, { recursive: true, force: true }));
  const running = await sandboxIn(other);
  // As one leaves it that was killed.
  mkdirSync(join(folder, ".testx/sandbox"), { recursive: true });
  const note = `${JSON.stringify({ url: running.url })}\n`;
  writeFileSync(join(folder, ".testx/sandbox/accounts.db.holder"), note);
  const asked = async () =>
    ((await (await fetch(`${running.url}/__sandbox/log`)).json()) as []).length;
  const setup = await testx(["setup", "--sandbox", "--quiet"], { cwd: folder });
  expect([setup.code, await asked()]).toEqual([0, 0]);
  cpSync(join(root, "config"), join(other, "config"), { recursive: true });
  const plan = await testx(["plan", "--sandbox"], { cwd: other });
  expect(plan.code, plan.stderr).toBe(0);
  expect(await asked()).toBeGreaterThan(5);
});

/** `testx sandbox start`, until the test is over. */
async function sandboxIn(cwd: string): Promise<{ readonly url: string }> {
  const said = Promise.withResolvers<string>();
  const ended = testx(["sandbox", "start", "--json"], {
    cwd,
    started(child) {
      child.stdout?.once("data", (line: string) => said.resolve(line));
      onTestFinished(async () => {
        child.kill();
        await ended;
      });
    },
  });
  return JSON.parse(await said.promise) as { url: string };
}
