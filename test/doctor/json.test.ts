import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { testProject } from "../support/project.ts";
import { reportIn } from "./report.ts";

async function project() {
  const made = await testProject();
  onTestFinished(made.close);
  return made;
}

it("prints one report by the schema, and nothing else", async () => {
  const { run } = await project();
  const { code, stdout, stderr } = await run(["doctor", "--json"]);
  expect(reportIn(stdout)).toMatchObject({ version: 1, outcome: "fine" });
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

it.each([
  ["in a check", 'require("node:net").connect = () => null.broken;'],
  [
    "before there are any",
    `const fs = require("node:fs");
const { existsSync } = fs;
fs.existsSync = (path) => (String(path).includes("package.json") ? null.broken : existsSync(path));
require("node:module").syncBuiltinESMExports();`,
  ],
])("prints one when testx itself fails %s", async (_, breaking) => {
  const { run, folder } = await project();
  const preload = join(folder, "broken.cjs");
  writeFileSync(preload, breaking);
  const env = { NODE_OPTIONS: `--require=${preload}` };
  const { stdout, code } = await run(["doctor", "--json"], { env });
  const { findings } = reportIn(stdout);
  expect(findings.map((one) => one.code)).toContain("BUG");
  expect(code).toBe(1);
});

it("says of nothing that it is fine where it could not look", async () => {
  const { run } = await project();
  expect((await run(["setup"])).code).toBe(0);
  const nowhere = "http://127.0.0.1:9";
  const apis = { SLACK_API_URL: nowhere, NOTION_API_URL: nowhere, GITHUB_API_URL: nowhere };
  const env = { ...apis, ANYKROWD_HEALTH_CHECK_URL: `${nowhere}/health` };
  const { checks } = reportIn((await run(["doctor", "--json"], { env })).stdout);
  const blind = ["clock.skew", "services.together", "drift.steps", "drift.plan"];
  const because = "network.slack.tcp";
  for (const id of blind) {
    const check = checks.find((one) => one.id === id);
    expect(check, id).toMatchObject({ status: "skipped", because, evidence: [] });
  }
  const { stdout } = await run(["doctor"], { env });
  expect(stdout).toContain("- Set-up things  not looked at: 127.0.0.1:9: connection\n");
});

it("tells what was asked wrongly in the same form", async () => {
  const { run } = await project();
  const { code, stdout } = await run(["doctor", "slak", "--json"]);
  expect(code).toBe(2);
  expect(reportIn(stdout)).toMatchObject({ cause: { code: "INTEGRATION_UNKNOWN" } });
});

it("narrows to what is asked about", async () => {
  const { run } = await project();
  const { code, stdout } = await run(["doctor", "slack", "--json"], { env: { NOTION_TOKEN: "" } });
  expect(code).toBe(0);
  const { checks } = reportIn(stdout);
  expect(checks.filter(({ id }) => /notion|github/.test(id))).toEqual([]);
  expect(checks.map(({ id }) => id)).toContain("services.slack");
});

it("prints one report where the archive that was asked for cannot be written", async () => {
  const { run } = await project();
  const { code, stdout, stderr } = await run(["doctor", "--json", "--bundle", "gone/help.tar.gz"]);
  expect(reportIn(stdout)).toMatchObject({ outcome: "fine" });
  expect(code).toBe(1);
  expect(stderr).toContain("CLI_WRITE_FAILED");
});
