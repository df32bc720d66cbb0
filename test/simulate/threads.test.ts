import { execFile } from "node:child_process";
import { EventEmitter } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { promisify } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import type { Signals } from "../../src/cli/io.ts";
import type { main as Main } from "../../src/cli/main.ts";
import { root, testx } from "../support/cli.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "testx-threads-"));
  cpSync(join(root, "config"), join(folder, "config"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: readonly string[]) => testx(["simulate", ...args], { cwd: folder });

const schema = JSON.parse(
  readFileSync(join(root, "schema/simulation-report.schema.json"), "utf8"),
) as object;
const isReport = new Ajv2020({ allErrors: true, strict: false }).compile(schema);

/** What a command with `--json` has printed, but for how long it really took. */
function reportOf(stdout: string): Record<string, unknown> {
  const report = JSON.parse(stdout) as Record<string, unknown>;
  expect(isReport(report), JSON.stringify(isReport.errors)).toBe(true);
  return { ...report, durationMs: 0 };
}

describe("any number of threads", () => {
  test("plays the same stories, to the last moment, as the schema says", async () => {
    const args = ["rate-limit-storm", "crash", "storm", "--json", "--verbose", "--jobs"];
    const [one, three] = await Promise.all([run([...args, "1"]), run([...args, "3"])]);
    expect([one.code, three.code, one.stderr, three.stderr]).toEqual([0, 0, "", ""]);
    expect(one.stdout).toContain('"moments"');
    expect(reportOf(three.stdout)).toEqual(reportOf(one.stdout));
  });

  test("stops at the same story with --bail", async () => {
    const scenario = (exit: number) => ({
      about: "No outage at all.",
      story: [{ run: "setup", expect: { exit } }],
    });
    const scenarios = { a: scenario(0), b: scenario(3), c: scenario(0), d: scenario(3) };
    const file = join(folder, "config/integrations/outage-scenarios.json");
    writeFileSync(file, JSON.stringify({ version: 1, scenarios }));
    const args = ["a", "b", "c", "d", "--bail", "--json", "--jobs"];
    const [one, four] = await Promise.all([run([...args, "1"]), run([...args, "4"])]);
    expect([one.code, four.code]).toEqual([1, 1]);
    expect(reportOf(one.stdout)).toMatchObject({ left: 2, stories: [{}, {}] });
    expect(reportOf(four.stdout)).toEqual(reportOf(one.stdout));
  });

  test("explores the same seeds", async () => {
    const args = ["--explore", "4", "--seed", "30", "--json", "--jobs"];
    const [one, two] = await Promise.all([run([...args, "1"]), run([...args, "2"])]);
    expect(reportOf(one.stdout)).toMatchObject({ played: 4 });
    expect(reportOf(two.stdout)).toEqual(reportOf(one.stdout));
  });

  test("ends at Ctrl-C, with 130 and no thread left", async () => {
    const { main } = createRequire(import.meta.url)(join(root, "dist/cli/main.cjs")) as {
      main: typeof Main;
    };
    const signals = new EventEmitter();
    let told = "";
    const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    stderr.setEncoding("utf8").on("data", (text: string) => {
      told += text;
      // Both players have played by then; a second one would end it at once.
      if (text.includes("Playing: 4 of")) signals.emit("SIGINT");
    });
    const io = {
      ...{ stdin: process.stdin, stdout: new PassThrough(), stderr },
      ...{ env: {}, cwd: folder, signals: signals as unknown as Signals },
    };
    const held = (): number =>
      process.getActiveResourcesInfo().filter((name) => /Port|TCP|Worker/.test(name)).length;
    const before = held();
    const args = ["simulate", "--explore", "100000", "--jobs", "2"];
    expect(await main(args, io)).toBe(130);
    expect(told).toMatch(/Stopped\.\s*$/);
    // Sockets need a moment to be gone.
    await vi.waitFor(() => expect(held()).toBe(before));
  });

  test("is asked for in whole numbers", async () => {
    for (const jobs of ["0", "-1", "1.5", "many", "65"]) {
      expect((await run(["--jobs", jobs])).code, jobs).toBe(2);
    }
  });
});

describe("--init-ci", () => {
  const job = ".github/workflows/testx-outages.yml";

  test("writes the job once, says what is next, and replaces nothing", async () => {
    const first = await run(["--init-ci"]);
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(first.stdout).toContain(`✔ ${job}`);
    expect(first.stdout).toContain("Commit it");
    expect(first.stdout).toContain("its package.json names none yet");
    const text = readFileSync(join(folder, job), "utf8");
    const again = await run(["--init-ci", "github", "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ written: [], kept: [job] });

    writeFileSync(join(folder, job), "name: mine\n");
    const clash = await run(["--init-ci"]);
    expect([clash.code, clash.stderr]).toEqual([2, expect.stringContaining("CLI_FILE_EXISTS")]);
    expect(readFileSync(join(folder, job), "utf8")).toBe("name: mine\n");
    expect((await run(["--init-ci", "--force"])).code).toBe(0);
    expect(readFileSync(join(folder, job), "utf8")).toBe(text);
  });

  test("is for GitLab too", async () => {
    expect((await run(["--init-ci", "gitlab"])).code).toBe(0);
    const text = readFileSync(join(folder, ".gitlab/testx-outages.yml"), "utf8");
    const parsed = parse(text)["testx-outages"];
    expect(parsed).toMatchObject({ image: "node:24", artifacts: { when: "always" } });
    expect(await ran(parsed.script)).toMatchObject({ code: 0 });
  });

  test("is what the documentation shows, asks for as little as it can, and does it", async () => {
    writeFileSync(join(folder, "package.json"), '{"devDependencies":{"testx":"*"}}');
    writeFileSync(join(folder, "package-lock.json"), "{}");
    expect((await run(["--init-ci"])).stdout).not.toContain("package.json");
    const text = readFileSync(join(folder, job), "utf8");
    expect(readFileSync(join(root, "docs/outage-lab.md"), "utf8")).toContain(
      `\`\`\`yaml\n${text}\`\`\``,
    );
    const parsed = parse(text);
    expect(parsed.permissions).toEqual({ contents: "read" });
    expect(text).not.toContain("secrets.");
    const { steps } = parsed.jobs.outages as { steps: { uses?: string; run?: string }[] };
    for (const { uses } of steps) if (uses) expect(uses).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/);
    const commands = steps.flatMap(({ run: command }) => command ?? []);
    expect(commands[0]).toBe("npm ci");
    expect(await ran(commands)).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, "testx-outages.xml"), "utf8")).toMatch(/ failures="0"/);
  });
});

/** As a job would: `npx testx` is this testx, and what installs it has been done. */
async function ran(commands: readonly string[]): Promise<{ code: number }> {
  const own = commands
    .filter((command) => !/^npm (ci|install)$/.test(command))
    .map((command) => command.replace(/^npx --no testx /, ""));
  expect(own.length).toBe(1);
  const [command = ""] = own;
  // One idea in place of all: all of them are played by library.test.ts.
  const args = [...command.split(" "), "hiccup"];
  const script = `"${process.execPath}" "${join(root, "bin/testx.js")}" ${args.join(" ")}`;
  await promisify(execFile)("sh", ["-ec", script], {
    cwd: folder,
    env: { PATH: process.env.PATH },
  });
  return { code: 0 };
}
