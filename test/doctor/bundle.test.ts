import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { filesIn, leaks, planted } from "../support/canaries.ts";
import { testProject } from "../support/project.ts";
import { editing } from "./causes/cause.ts";

async function bundled(args: readonly string[] = []) {
  const project = await testProject();
  onTestFinished(project.close);
  const { folder, run, sandbox } = project;
  editing(folder).sequence((value) => {
    value.integrations.github.steps.key = {
      ...{ kind: "secret", with: { name: "DEPLOY_KEY", value: "${env.DEPLOY_KEY}" } },
    };
    value.integrations.github.steps.open = {
      kind: "webhook",
      with: { url: "https://hooks.example.com/canary-of-literal", events: ["push"] },
    };
    value.integrations.github.steps.named = {
      kind: "webhook",
      with: { url: "${env.TEAM_HOOK}", events: ["pull_request"] },
    };
    value.integrations.slack.steps.welcome.with.text += " The door: ${env.DOOR}";
    value.integrations.github.steps.hook = {
      kind: "webhook",
      with: { url: "https://hooks.example.com/in", events: ["push"], secret: "${env.HOOK_SECRET}" },
    };
  });
  const log = join(folder, "log.ndjson");
  const env = {
    ...{ ...planted, TESTX_LOG: log, HTTPS_PROXY: "http://user:canary-of-proxy@proxy:1" },
    ...{ HTTP_PROXY: "user:canary-of-plain-proxy@proxy:1", DOOR: "canary-of-door" },
    TEAM_HOOK: "https://hooks.example.com/services/canary-of-hook",
    SLACK_WEBHOOK_URL: "https://hooks.example.com/services/canary-of-url",
    ANYKROWD_HEALTH_CHECK_URL: `${sandbox.environment.ANYKROWD_HEALTH_CHECK_URL}?canary-of-query`,
  };
  const setup = await run(["setup"], { env });
  expect(setup.code, setup.stdout + setup.stderr).toBe(0);
  const ended = await run(["doctor", ...args, "--bundle", "help.tar.gz"], { env });
  const { SLACK_BOT_TOKEN = "", NOTION_TOKEN = "", GITHUB_TOKEN = "" } = sandbox.environment;
  const secrets = {
    ...planted,
    SLACK_BOT_TOKEN,
    NOTION_TOKEN,
    GITHUB_TOKEN,
    ...{ PROXY: "canary-of-proxy", PLAIN: "canary-of-plain-proxy", DOOR: "canary-of-door" },
    ...{ LITERAL: "canary-of-literal", TEAM_HOOK: "canary-of-hook" },
    ...{ WEBHOOK: "canary-of-url", QUERY: "canary-of-query" },
  };
  return { folder, file: join(folder, "help.tar.gz"), ended, secrets };
}

it("packs what a helper needs, and no secret in any form", async () => {
  const { folder, file, ended, secrets } = await bundled();
  expect(ended.code, ended.stdout).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const out = join(folder, "unpacked");
  mkdirSync(out);
  // By another's program: the archive is one that everybody can read.
  execFileSync("tar", ["-xzf", file, "-C", out]);
  const files = filesIn(out);
  const names = Object.keys(files).map((path) => path.slice(out.length + 1));
  expect(names.sort()).toEqual([
    "config/effective.txt",
    "config/fallback-strategies.json",
    "config/health-check-config.json",
    "config/integration-sequence.json",
    "config/retry-policies.json",
    "environment.txt",
    "journal.ndjson",
    "log.ndjson",
    "metrics.json",
    "report.json",
    "versions.json",
  ]);
  expect(leaks(secrets, { ...files, all: gunzipSync(readFileSync(file)) })).toEqual([]);
  expect(leaks(secrets, { stdout: ended.stdout, stderr: ended.stderr })).toEqual([]);
  const text = (name: string) => String(files[join(out, name)]);
  expect(text("environment.txt")).toContain("SLACK_BOT_TOKEN is set\n");
  expect(text("environment.txt")).toContain("SLACK_WEBHOOK_URL is set\n");
  expect(text("environment.txt")).toContain("HTTPS_PROXY=http://proxy:1\n");
  expect(text("environment.txt")).toContain("HTTP_PROXY=***@proxy:1\n");
  expect(text("config/integration-sequence.json")).toContain("${env.DEPLOY_KEY}");
  const link = "https://github.com/${env.GITHUB_REPOSITORY}";
  expect(text("config/integration-sequence.json")).toContain(link);
  expect(text("journal.ndjson")).toContain('"url":"https://hooks.example.com/…"');
  expect(text("journal.ndjson").split("\n").length).toBeGreaterThan(20);
  expect(JSON.parse(text("report.json"))).toMatchObject({ version: 1, outcome: "fine" });
});

it("packs the end of a log of any size, and says so where there is none to pack", async () => {
  const { folder, run, close } = await testProject();
  onTestFinished(close);
  const log = join(folder, "log.ndjson");
  // Written by earlier commands: more than is read whole.
  writeFileSync(log, `${JSON.stringify({ line: "an old one".repeat(100) })}\n`.repeat(2000));
  appendFileSync(log, '{"line":"the newest"}\n');
  const out = join(folder, "unpacked");
  const packed = async (named: string, code = 0): Promise<readonly [string, string]> => {
    const ended = await run(["doctor", "--bundle", "help.tar.gz"], { env: { TESTX_LOG: named } });
    expect(ended.code, ended.stderr).toBe(code);
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out);
    execFileSync("tar", ["-xzf", join(folder, "help.tar.gz"), "-C", out]);
    const text = (name: string) =>
      existsSync(join(out, name)) ? readFileSync(join(out, name), "utf8") : "";
    return [text("log.ndjson"), text("left-out.txt")];
  };
  const [text, left] = await packed(log);
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines.length).toBeGreaterThan(100);
  expect(lines).toContainEqual({ line: "the newest" });
  expect(left).not.toContain("log.ndjson");

  // A folder: nothing can be logged there, which is a finding, nor read.
  const [none, said] = await packed(join(folder, "config"), 1);
  expect(none).toBe("");
  expect(said).toContain("log.ndjson: it cannot be read");
});
