import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createOrchestrator, type Orchestrator, TestxError } from "../../src/index.ts";

/** What a program in JavaScript gives: any value. */
// biome-ignore lint/suspicious/noExplicitAny: as above
type Anything = any;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-given-"));
  mkdirSync(join(folder, "config/integrations"), { recursive: true });
  const steps = { dev: { kind: "channel", with: { name: "dev" } } };
  const sequence = { version: 1, integrations: { slack: { provider: "slack", steps } } };
  const file = join(folder, "config/integrations/integration-sequence.json");
  writeFileSync(file, JSON.stringify(sequence));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("createOrchestrator refuses what it cannot use", () => {
  test.each<[object | null, string]>([
    [null, "createOrchestrator takes an object of options: cwd, "],
    [{ sandBox: true }, 'has no option "sandBox". Did you mean "sandbox"?'],
    [{ zzz: 1 }, 'has no option "zzz". It has cwd, config'],
    [{ cwd: new URL("file:///srv") }, '"cwd" of createOrchestrator is text'],
    [{ config: "" }, '"config" of createOrchestrator is text'],
    [{ sandbox: "yes" }, '"sandbox" of createOrchestrator is true or false'],
    [{ env: { PORT: 80 } }, '"env" of createOrchestrator is an object with text by name'],
    [{ onEvent: {} }, '"onEvent" of createOrchestrator is a function'],
    [{ providers: [null] }, '"providers" of createOrchestrator is a list of what defineProvider'],
    [{ providers: {} }, '"providers" of createOrchestrator is a list'],
  ])("%j", (options, message) => {
    const make = (): unknown => createOrchestrator(options as Anything);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "LIBRARY_BAD_OPTION" }));
  });
});

describe("a call rejects with what is wrong, and touches nothing", () => {
  const controller = new AbortController();
  test.each<[keyof Orchestrator, unknown, string, string?]>([
    ["setup", null, "setup takes an object of options: signal, waitMs, offline, plan."],
    ["setup", { ofline: true }, 'setup has no option "ofline". Did you mean "offline"?'],
    ["setup", { signal: controller }, '"signal" of setup is an AbortSignal'],
    ["setup", { waitMs: Number.NaN }, '"waitMs" of setup is a number of ms, from 0'],
    ["setup", { plan: 5 }, '"plan" of setup is what plan has `saved`'],
    ["setup", { plan: { plan: [] } }, "no plan of this version of testx", "PLAN_UNREADABLE"],
    ["sync", { adopt: new Set(["slack.dev"]) }, '"adopt" of sync is a list of steps, or "all"'],
    ["sync", { adopt: ["slack.div"] }, 'no step "slack.div"', "STEP_UNKNOWN"],
    ["rollback", { run: 7 }, '"run" of rollback is text'],
    ["health", { integrations: "slack" }, '"integrations" of health is a list of names'],
    ["doctor", { offline: true }, 'doctor has no option "offline"'],
    ["simulate", { names: "down" }, '"names" of simulate is a list of names'],
    ["simulate", { seed: 1.5 }, '"seed" of simulate is a whole number'],
    ["history", { limit: 0 }, '"limit" of history is a whole number, from 1'],
    ["metrics", { sinceMs: -1 }, '"sinceMs" of metrics is a number of ms, from 0'],
    ["timeline", undefined, "timeline takes the id of a run, or `last`."],
  ])("%s %j", async (name, given, message, code = "LIBRARY_BAD_OPTION") => {
    const testx = createOrchestrator({ cwd: folder, env: {} });
    const before = readdirSync(folder);
    const error = await (testx[name] as Anything)(given).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TestxError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(readdirSync(folder)).toEqual(before);
  });

  test("of a folder that cannot be looked at every call says why", async () => {
    const cwd = join(folder, "loop");
    symlinkSync(cwd, cwd);
    const testx = createOrchestrator({ cwd, env: {} });
    for (const call of [testx.status, testx.plan, testx.history]) {
      await expect(call()).rejects.toBeInstanceOf(TestxError);
    }
  });

  test("every call of a project that is not there says so", async () => {
    const cwd = join(folder, "tema");
    const testx = createOrchestrator({ cwd, env: {} });
    for (const call of [testx.status, testx.plan, testx.history, testx.doctor]) {
      await expect(call()).rejects.toMatchObject({
        code: "LIBRARY_BAD_OPTION",
        message: `There is no folder ${cwd}, which is given as \`cwd\`.`,
      });
    }
  });
});
