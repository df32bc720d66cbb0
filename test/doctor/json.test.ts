import { mkdirSync, writeFileSync } from "node:fs";
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
  ["in a check", "statfsSync"],
  ["before there are any", "existsSync"],
])("prints one when testx itself fails %s", async (_, broken) => {
  const { run, folder } = await project();
  const preload = join(folder, "broken.cjs");
  const text = `const fs = require("node:fs"); const { ${broken}: real } = fs;
fs.${broken} = (path, ...rest) => {
  if ("${broken}" === "statfsSync" || String(path).endsWith("integration-sequence.json")) null.broken;
  return real(path, ...rest);
};
require("node:module").syncBuiltinESMExports();`;
  writeFileSync(preload, text);
  mkdirSync(join(folder, ".testx"), { mode: 0o700 });
  const env = { NODE_OPTIONS: `--require=${preload}` };
  const ended = await run(["doctor", "--json"], { env });
  const { findings } = reportIn(ended.stdout);
  expect(ended.code).toBe(1);
  expect(findings.map(({ code }) => code)).toContain("BUG");
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
