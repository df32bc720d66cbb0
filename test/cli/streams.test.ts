import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { root } from "../support/cli.ts";
import { folder, testx } from "./world.ts";

describe("--json", () => {
  it.each([
    ["--version", { version: expect.stringMatching(/^\d+\.\d+\.\d+/) }],
    ["--help", { help: expect.stringContaining("Usage: testx <command>") }],
    ["help plan", { help: expect.stringContaining("Usage: testx plan") }],
    ["plan --help", { help: expect.stringContaining("Usage: testx plan") }],
    ["completion bash", { shell: "bash", script: expect.stringContaining("complete -F") }],
    ["stauts --help", { error: expect.objectContaining({ code: "CLI_UNKNOWN_COMMAND" }) }],
  ])("%s prints one document too", async (line, wanted) => {
    const { out, err } = await testx(`${line} --json`);
    expect([JSON.parse(out), err]).toEqual([wanted, ""]);
  });
});

describe.skipIf(!existsSync("/dev/full"))("standard output on a full disk", () => {
  it.each(["--version", "--version --json", "--help", "explain --list", "foo --json"])(
    "%s says that it cannot be written, and that alone",
    async (line) => {
      const command = `'${process.execPath}' '${join(root, "bin/testx.js")}' ${line} > /dev/full`;
      const ran = promisify(execFile)("sh", ["-c", command], { cwd: folder(), encoding: "utf8" });
      const { code, stderr } = await ran.then(
        () => expect.unreachable(),
        (error: { code: number; stderr: string }) => error,
      );
      expect([code, stderr]).toEqual([
        line.startsWith("foo") ? 2 : 1,
        expect.stringMatching(/^✖ CLI_WRITE_FAILED {2}Standard output cannot be written: /),
      ]);
      expect(stderr).not.toMatch(/^\s+at /m);
    },
  );
});
