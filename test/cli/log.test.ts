import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestProject, testProject } from "../support/project.ts";

interface Line {
  readonly time: string;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly run: string;
  readonly command: string;
  readonly type: string;
  readonly [key: string]: unknown;
}

let project: TestProject;
beforeAll(async () => {
  project = await testProject();
});
afterAll(() => project.close());

const path = (name: string): string => join(project.folder, name);
const linesOf = (name: string): Line[] =>
  readFileSync(path(name), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

describe("--log", () => {
  it("tells everything of a setup, a JSON a line, for its owner only", async () => {
    const { code, stderr } = await project.run(["setup", "--log", "logs.ndjson"]);
    expect(code, stderr).toBe(0);
    const lines = linesOf("logs.ndjson");
    for (const line of lines) {
      expect(Object.keys(line).slice(0, 5)).toEqual(["time", "level", "run", "command", "type"]);
      expect(new Date(line.time).toISOString()).toBe(line.time);
      expect(line.command).toBe("setup");
    }
    expect(lines[0]).toMatchObject({ type: "command.started", run: "", level: "info" });
    expect(lines.at(-1)).toMatchObject({ type: "command.finished", exitCode: 0, level: "info" });
    const calls = lines.filter(({ type }) => type === "call.finished");
    expect(calls.length).toBe(project.sandbox.log().length);
    expect(new Set(calls.map(({ level }) => level))).toEqual(new Set(["debug"]));
    expect(new Set(lines.slice(1).map(({ run }) => run)).size).toBe(1);
    expect(statSync(path("logs.ndjson")).mode & 0o777).toBe(0o600);
    const text = readFileSync(path("logs.ndjson"), "utf8");
    for (const name of ["SLACK_BOT_TOKEN", "NOTION_TOKEN", "GITHUB_TOKEN"]) {
      const token = project.sandbox.environment[name] as string;
      expect(token.length).toBeGreaterThan(10);
      expect(text).not.toContain(token);
    }
  });

  it("is kept by plan, drift and rollback too, and appends", async () => {
    for (const command of ["plan", "drift", "rollback"]) {
      const { code, stderr } = await project.run([command, "--log", "all.ndjson", "--quiet"]);
      expect(code, stderr).toBe(0);
      const mine = linesOf("all.ndjson").filter((line) => line.command === command);
      expect(mine.filter(({ type }) => type === "call.finished").length, command).toBeGreaterThan(
        3,
      );
      expect(mine.at(-1)).toMatchObject({ type: "command.finished", exitCode: 0 });
    }
    expect(new Set(linesOf("all.ndjson").map(({ command }) => command)).size).toBe(3);
  });

  it("leaves out what matters less", async () => {
    const env = { TESTX_LOG: "env.ndjson", TESTX_LOG_LEVEL: "info" };
    await project.run(["plan"], { env });
    expect(linesOf("env.ndjson").map(({ level }) => level)).not.toContain("debug");
    await project.run(["plan", "--log-level", "error"], { env: { ...env, TESTX_LOG: "e.ndjson" } });
    expect(linesOf("e.ndjson")).toEqual([]);
    const wrong = await project.run(["plan"], { env: { ...env, TESTX_LOG_LEVEL: "loud" } });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("ENV_INVALID")]);
  });

  it("tells retries as warnings, and a failure with its code", async () => {
    project.sandbox.setFaults([
      {
        service: "slack",
        fault: { kind: "status", status: 503 },
        times: 1,
      },
    ]);
    const { code } = await project.run(["setup", "--log", "bad.ndjson", "--state", "new"], {
      env: { NOTION_TOKEN: "ntn_not-a-token-of-anybody-at-all-00000000" },
    });
    expect(code).not.toBe(0);
    const lines = linesOf("bad.ndjson");
    expect(lines.find(({ type }) => type === "call.retrying")).toMatchObject({ level: "warn" });
    const failed = lines.filter(({ level }) => level === "error");
    expect(JSON.stringify(failed)).toContain('"code":"NOTION_');
    expect(readFileSync(path("bad.ndjson"), "utf8")).not.toContain("not-a-token-of-anybody");
    project.sandbox.setFaults([]);
  });

  it("tells why a command could not begin", async () => {
    await project.run(["history", "show", "nothing", "--log", "unknown.ndjson"]);
    expect(linesOf("unknown.ndjson").at(-2)).toMatchObject({
      ...{ type: "command.failed", level: "error", command: "history show" },
      failure: { code: "RUN_UNKNOWN" },
    });
  });

  it.each([
    ["its folder is missing", "missing/log.ndjson"],
    ["it is a folder", "config"],
    ["the disk is full", "full"],
    ["it is a pipe that nobody reads", "pipe"],
  ])("is one warning and no failure where %s", async (why, name) => {
    if (why === "the disk is full") symlinkSync("/dev/full", path(name));
    if (name === "pipe") execFileSync("mkfifo", [path(name)]);
    const { code, stderr } = await project.run(["plan", "--log", name]);
    expect(code, stderr).toBe(0);
    expect(stderr.split("LOG_NOT_WRITTEN").length - 1, stderr).toBe(1);
  });

  it("does not glue its lines to one that a kill has cut, and leaves others their rights", async () => {
    appendFileSync(path("cut.ndjson"), '{"time":"2026-01-01T00:0', { mode: 0o640 });
    chmodSync(path("cut.ndjson"), 0o640);
    await project.run(["plan", "--log", "cut.ndjson"]);
    const [cut, first] = readFileSync(path("cut.ndjson"), "utf8").split("\n");
    expect(cut).toBe('{"time":"2026-01-01T00:0');
    expect(JSON.parse(first as string)).toMatchObject({ type: "command.started" });
    expect(statSync(path("cut.ndjson")).mode & 0o777).toBe(0o640);
  });

  it("has every whole line of a process that was killed", async () => {
    const held = await project.run(["setup", "--log", "killed.ndjson"], {
      started: (child) => {
        const look = setInterval(() => {
          if (!existsSync(path("killed.ndjson"))) return;
          if (!readFileSync(path("killed.ndjson"), "utf8").includes("call.finished")) return;
          clearInterval(look);
          child.kill("SIGKILL");
        }, 5);
      },
    });
    const text = readFileSync(path("killed.ndjson"), "utf8");
    expect(text.endsWith("\n")).toBe(true);
    expect(linesOf("killed.ndjson").length).toBeGreaterThan(2);
    expect([0, null]).toContain(held.code);
  });

  it("has lines of four processes at once, none broken", async () => {
    const many = Array.from({ length: 4 }, () => project.run(["plan", "--log", "four.ndjson"]));
    await Promise.all(many);
    const ends = linesOf("four.ndjson").filter(({ type }) => type === "command.finished");
    expect(ends.length).toBe(4);
  });
});
