import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { testx as built } from "../support/cli.ts";
import { folder, testx } from "./world.ts";

it.each([
  "status",
  "history",
  "integrations metrics",
  "dashboard",
  "deferred",
  "drift",
  "breakers",
  "rollback",
  "rollback --list",
  "rollback --dry-run",
])("%s in a folder without a configuration advises what does not fail there", async (line) => {
  const cwd = folder();
  const { code, out } = await testx(line, { cwd });
  expect(code).toBe(0);
  expect(out).toBe(
    "There is no configuration here, and nothing is remembered. Run `testx init`, or change to the project's folder.\n",
  );
  // To undo takes the lock before it looks.
  if (line !== "rollback") expect(readdirSync(cwd)).toEqual([]);
});

it.each(["status", "history", "rollback", "drift", "deferred", "dashboard"])(
  "%s with a --config that is not there says so",
  async (line) => {
    const cwd = folder();
    const { code, out, err } = await testx(`${line} --config team`, { cwd });
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(`CONFIG_NOT_FOUND  There is no ${join(cwd, "team")}.`);
  },
);

it("outputs of nothing are told of beside the file that stays empty", async () => {
  const cwd = folder();
  const ended = await testx("integrations outputs", { cwd });
  expect(ended).toEqual({ code: 0, out: "", err: expect.stringContaining("Run `testx init`") });
  expect(await testx("integrations outputs --json", { cwd })).toEqual({
    ...{ code: 0, out: "{}\n", err: "" },
  });
  await testx("init --yes", { cwd });
  expect((await testx("integrations outputs", { cwd })).err).toContain("Nothing is set up yet.");
});

it.each(["list", "graph", "health"])("%s of an empty sequence says that it is", async (command) => {
  const cwd = folder();
  await testx("init --yes", { cwd });
  const file = join(cwd, "config/integrations/integration-sequence.json");
  writeFileSync(file, '{ "version": 1, "integrations": {} }');
  const { code, out } = await testx(`integrations ${command}`, { cwd });
  expect([code, out]).toEqual([0, "There is no integration.\n"]);
});

it.each(
  [
    ["status", "history", "drift", "deferred", "breakers"],
    ["dashboard", "rollback --list", "rollback --dry-run", "integrations outputs"],
  ].flat(),
)("%s takes no file for an empty state folder", async (line) => {
  const cwd = folder();
  await testx("init --yes", { cwd });
  writeFileSync(join(cwd, "notes.txt"), "");
  const { code, out, err } = await testx(`${line} --state notes.txt`, { cwd });
  expect([code, out]).toEqual([4, ""]);
  expect(err).toContain("STATE_IO");
  expect(err).toContain("notes.txt/state.db cannot be used: part of its path is no folder.");
});

it("a state folder of somebody else is not an empty one", async () => {
  const cwd = folder();
  await testx("init --yes", { cwd });
  const state = join(cwd, ".testx");
  mkdirSync(state, { mode: 0o700 });
  // Whoever runs this is not to be the one who may.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  if (uid === undefined) chmodSync(state, 0o000);
  chmodSync(cwd, 0o755);
  const ended = await built(["status"], { cwd, uid, env: { XDG_CACHE_HOME: join(cwd, "cache") } });
  chmodSync(state, 0o700);
  expect(ended.stdout).toBe("");
  expect(ended.stderr).toContain("STATE_READ_ONLY");
  expect(ended.stderr).toContain(
    `state.db cannot be used: the folder ${state} may not be entered.`,
  );
});

it("drift --exit-code in a folder without a configuration does not pass", async () => {
  const { code, out, err } = await testx("drift --exit-code", { cwd: folder() });
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("CONFIG_NOT_FOUND");
});

it("a configuration further up that does not count is told", async () => {
  const cwd = folder();
  await testx("init --yes", { cwd });
  const below = join(cwd, "a", "b");
  mkdirSync(below, { recursive: true });
  const { code, err } = await testx("plan", { cwd: below });
  expect(code).toBe(2);
  expect(err).toContain(`change to it, or give \`--config ../..\`.`);
  const given = await testx("status --config ../..", { cwd: below });
  expect(given).toMatchObject({ code: 0, err: "" });
});

it.each(["status", "history", "drift", "deferred", "rollback --list", "rollback"])(
  "%s after a setup on the sandbox says where that is shown",
  async (line) => {
    const cwd = folder();
    await testx("init --yes", { cwd });
    const advice = "What was done on the sandbox is shown with --sandbox.";
    expect((await testx(line, { cwd })).out).not.toContain(advice);
    expect((await testx("setup --sandbox", { cwd })).code).toBe(0);
    const { code, out } = await testx(line, { cwd });
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(advice) });
    expect((await testx(`${line} --sandbox`, { cwd })).out).not.toContain(advice);
  },
);
