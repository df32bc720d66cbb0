import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../support/cli.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-process-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program that has testx in it, as it is built, until it ends by itself. */
function program(name: string, code: string) {
  const file = join(folder, name);
  writeFileSync(file, code);
  const env = { PATH: process.env.PATH, SLACK_BOT_TOKEN: "xoxb-of-the-process" };
  return spawnSync(process.execPath, [file], {
    cwd: folder,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
}

const testx = JSON.stringify(pathToFileURL(join(root, "dist/index.js")).href);

test("two projects side by side: nothing is printed, caught or left behind", () => {
  for (const team of ["red", "blue"]) {
    cpSync(join(root, "config"), join(folder, team, "config"), { recursive: true });
  }
  const ended = program(
    "two.mjs",
    `import { createOrchestrator } from ${testx};
const listening = () => JSON.stringify(process.eventNames().map((it) => [it, process.listenerCount(it)]));
const before = listening();
const open = (cwd) => createOrchestrator({ cwd, env: {}, sandbox: true });
const [red, blue] = [open("red"), open("blue")];
const both = await Promise.all([red.setup(), blue.setup()]);
const looked = [await red.plan(), await red.health(), await red.doctor(), await red.drift()];
const undone = await blue.rollback();
const kept = (await red.status()).length > 0 && (await blue.status()).length === 0;
console.log(both.map(({ outcome }) => outcome).join(), looked.length, undone.outcome, kept);
console.log(listening() === before);`,
  );
  expect(ended.stderr).toBe("");
  expect(ended.stdout).toBe("succeeded,succeeded 4 rolled-back true\ntrue\n");
  expect(ended).toMatchObject({ status: 0, signal: null });
});

test("a program in CommonJS requires it", () => {
  const path = JSON.stringify(join(root, "dist/index.js"));
  const ended = program(
    "old.cjs",
    `const { createOrchestrator, TestxError } = require(${path});
createOrchestrator({ env: {} }).setup().catch((error) => console.log(error instanceof TestxError, error.code));`,
  );
  expect(ended).toMatchObject({ status: 0, stderr: "", stdout: "true CONFIG_NOT_FOUND\n" });
});

test("callbacks that throw end no run: what they throw is thrown beside it", () => {
  cpSync(join(root, "config"), join(folder, "config"), { recursive: true });
  // Where limits and breakers are remembered: it cannot be opened, which is told.
  mkdirSync(join(folder, ".testx/sandbox/gateway.db"), { recursive: true });
  const ended = program(
    "throws.mjs",
    `import { createOrchestrator } from ${testx};
const thrown = new Set();
process.on("uncaughtException", ({ message }) => thrown.add(message));
const boom = (text) => () => { throw new Error(text); };
const testx = createOrchestrator({
  env: {},
  sandbox: true,
  onEvent: boom("an event"),
  onNotice: boom("a notice"),
});
const { outcome } = await testx.setup();
await new Promise(setImmediate);
console.log(outcome, [...thrown].sort().join());`,
  );
  expect(ended).toMatchObject({ status: 0, stderr: "" });
  expect(ended.stdout).toBe("succeeded a notice,an event\n");
});
