import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { fileCredential } from "../../src/platform/credentials/file.ts";
import { isPipe, readPipe } from "../../src/platform/pipe.ts";
import { testx } from "../support/cli.ts";
import { testProject } from "../support/project.ts";

let pipe: string;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "testx-pipe-"));
  pipe = join(folder, "token");
  execFileSync("mkfifo", ["-m", "600", pipe]);
  return () => rmSync(folder, { recursive: true });
});

/** A shell that writes to the pipe. */
function writing(script: string): void {
  const child = spawn("sh", ["-c", `exec 3>"$0"; ${script}`, pipe], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
}

test("what is written is read to its end, however slowly it comes", () => {
  writing("sleep 0.1; printf xoxb- >&3; sleep 0.1; printf 1 >&3");
  expect(readPipe(pipe, 100).toString()).toBe("xoxb-1");
});

test("no more is read than may be", () => {
  writing("yes >&3");
  expect(readPipe(pipe, 100_000)).toHaveLength(100_000);
});

test("neither nobody nor one who says nothing is waited for without an end", () => {
  const impatient = { nobodyMs: 50, silentMs: 50 };
  const code = "ETIMEDOUT";
  expect(() => readPipe(pipe, 100, impatient)).toThrow(expect.objectContaining({ code }));
  writing("sleep 60");
  expect(() => readPipe(pipe, 100, { ...impatient, nobodyMs: 60_000 })).toThrow(
    expect.objectContaining({ code }),
  );
});

test("only a pipe is one", () => {
  expect([pipe, tmpdir(), import.meta.filename, "/nowhere"].map(isPipe)).toEqual([
    ...[true, false, false, false],
  ]);
});

test("a credential in a pipe is read once, until another is asked for", () => {
  const seen: string[] = [];
  const credential = fileCredential(pipe, "the pipe", {
    seen: (value) => void seen.push(value),
    opened: () => {},
  });
  writing("echo one >&3");
  expect(credential.read(false)).toBe("one");
  writing("echo two >&3");
  expect(credential.read(false)).toBe("one");
  expect(credential.read(true)).toBe("two");
  expect(seen).toEqual(["one", "two"]);
});

test("setup takes tokens and the configuration from pipes, and says where nothing comes", async () => {
  const { folder, run, sandbox, close } = await testProject();
  onTestFinished(close);
  const { SLACK_BOT_TOKEN, ...others } = sandbox.environment;
  writing(`echo ${SLACK_BOT_TOKEN} >&3`);
  const env = { SLACK_BOT_TOKEN: undefined, SLACK_BOT_TOKEN_FILE: pipe };
  const good = await run(["setup"], { env });
  expect(good.code, good.stderr).toBe(0);
  const bad = await testx(["plan"], {
    cwd: folder,
    env: { ...others, SLACK_BOT_TOKEN_FILE: pipe },
  });
  expect([bad.code, bad.stderr]).toEqual([4, expect.stringContaining("nothing came from it")]);

  const config = await run(["plan", "--config", pipe]);
  expect(config.code).not.toBe(0);
  expect(config.stderr).toMatch(/CONFIG_UNREADABLE.*\n?.*nothing came from it/);
}, 30_000);
