import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { validBefore } from "../../../src/platform/valid-before.ts";
import { load, problemsOfLoading, projectWith, sequenceFile } from "./project.ts";

const sequence = { version: 1, integrations: { slack: { provider: "slack" } } };
const elsewhere = { "team/integration-sequence.json": sequence };

it.each([
  [".testxrc", '{ "config": "team" }'],
  [".testxrc", "config: team\n"],
  [".testxrc.json", '{ "config": "team" }'],
  [".testxrc.yaml", "config: team\n"],
  [".config/testxrc.yml", "config: team\n"],
  ["testx.config.mjs", 'export default { config: "team" };'],
  ["testx.config.cjs", 'module.exports = { config: "team/integration-sequence.json" };'],
  ["testx.config.ts", 'const config: string = "team";\nexport default { config };'],
  ["package.json", '{ "name": "x", "testx": { "config": "team" } }'],
])("finds the settings in %s", async (name, text) => {
  const folder = projectWith({ ...elsewhere, [name]: text });
  const { project, files } = await load(folder);
  expect(project).toBe(folder);
  expect(files.filter(({ found }) => found)).toEqual([
    { role: "project", file: name, found: true },
    { role: "sequence", file: join("team", "integration-sequence.json"), found: true },
  ]);
});

it("finds the usual folder, also from below, up to the root of the project", async () => {
  const folder = projectWith({ [sequenceFile]: sequence });
  const below = join(folder, "a", "b");
  mkdirSync(below, { recursive: true });
  const { project, sequence: loaded } = await load(below);
  expect(project).toBe(folder);
  expect(loaded.file).toBe(join(folder, sequenceFile));
});

it("does not look beyond the root of the project", async () => {
  const folder = projectWith({ [sequenceFile]: sequence, "inner/package.json": "{}" });
  const inner = join(folder, "inner");
  await expect(load(inner)).rejects.toMatchObject({
    code: "CONFIG_NOT_FOUND",
    message: expect.stringMatching(/integration-sequence\.json.*testx\.config.*inner.*testx init/),
  });
});

it("runs no code from folders above when there is no project", async () => {
  const folder = projectWith({ [sequenceFile]: sequence });
  const { rmSync } = await import("node:fs");
  rmSync(join(folder, ".git"), { recursive: true });
  const below = join(folder, "a");
  mkdirSync(below);
  await expect(load(below)).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND" });
});

it.each([
  ["a folder", "team"],
  ["a sequence file", "team/other.json"],
  ["a settings file", "team/.testxrc.yaml"],
  ["a folder with settings", "settings"],
  ["a project's folder", "project"],
])("takes %s by --config", async (_, config) => {
  const folder = projectWith({
    ...elsewhere,
    "team/other.json": sequence,
    "team/.testxrc.yaml": "config: .",
    "settings/.testxrc": "config: ../team\nstate: ../state",
    "project/config/integrations/integration-sequence.json": sequence,
  });
  const loaded = await load(folder, { config });
  expect(loaded.sequence.integrations).toHaveLength(1);
  if (config === "settings") expect(loaded.state).toBe(join(folder, "state"));
});

it.each([
  ["the project's folder", "team", "team"],
  ["its configuration", "team/config/integrations", "team"],
  ["its sequence", "team/config/integrations/integration-sequence.json", "team"],
  ["a folder elsewhere", "other", "."],
  ["a sequence elsewhere", "other/integration-sequence.json", "."],
])("by --config with %s the project is the one it belongs to", async (_, config, project) => {
  const folder = projectWith({
    "package.json": "{}",
    "team/config/integrations/integration-sequence.json": sequence,
    "other/integration-sequence.json": sequence,
  });
  expect((await load(folder, { config })).project).toBe(join(folder, project));
  expect((await load(join(folder, "team"), { config: join(folder, config) })).project).toBe(
    config.startsWith("team") ? join(folder, "team") : folder,
  );
});

it.each([
  ["nothing", "nowhere"],
  ["an empty folder", ".git"],
  ["settings without any", "package.json"],
])("says so when --config leads to %s", async (_, config) => {
  const folder = projectWith({ "package.json": "{}" });
  await expect(load(folder, { config })).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND" });
});

it.each([
  ["config/integrations/Integration-Sequence.json", undefined],
  ["Config/integrations/integration-sequence.json", undefined],
  ["Team/integration-sequence.json", "config: team"],
])("names %s, which differs in the case of letters only", async (name, settings) => {
  const folder = projectWith({ [name]: sequence, ...(settings && { ".testxrc": settings }) });
  await expect(load(folder)).rejects.toMatchObject({
    code: "CONFIG_NOT_FOUND",
    message: expect.stringContaining(`There is ${name}: rename it to`),
  });
});

it("names the first part alone as what is to be renamed: where it should be nothing is yet", async () => {
  const folder = projectWith({ "Config/Integrations/integration-sequence.json": sequence });
  await expect(load(folder)).rejects.toMatchObject({
    message: expect.stringContaining("There is Config/Integrations/integration-sequence.json:"),
    failure: { details: { from: "Config", to: "config" } },
  });
});

it("finds what is further up where something on the way may not be entered or is a link to nothing", async () => {
  const folder = projectWith({ [sequenceFile]: sequence });
  const below = join(folder, "below");
  mkdirSync(join(below, "config"), { recursive: true });
  symlinkSync("integrations", join(below, "config/integrations"));
  expect((await load(below)).project).toBe(folder);
});

it("says so when the settings lead to nothing", async () => {
  const folder = projectWith({ ".testxrc": "config: nowhere" });
  await expect(load(folder)).rejects.toMatchObject({
    code: "CONFIG_NOT_FOUND",
    message: expect.stringContaining(".testxrc"),
  });
});

it.each([
  [".testxrc.json", '{\n  "confg": "team"\n}', "CONFIG_UNKNOWN_KEY", 2, 3],
  [".testxrc.json", '{\n  "config": "team",\n}', "CONFIG_BAD_JSON", 2, 19],
  [".testxrc.json", '{ "config": ', "CONFIG_BAD_JSON", 1, 13],
  [".testxrc.yaml", "config: team\nretry:\n  defalt: QUICK\n", "CONFIG_UNKNOWN_KEY", 3, 3],
  [".testxrc.yaml", "config: team\nconstructor: 1\n", "CONFIG_FORBIDDEN_KEY", 2, 1],
  [".testxrc.yaml", "config: [team\n", "CONFIG_BAD_YAML", 2, 1],
  [
    "testx.config.mjs",
    'export default {\n  config: "team",\n  state: 5,\n};',
    "CONFIG_WRONG_TYPE",
    3,
    3,
  ],
  ["testx.config.mjs", 'throw new Error("broken");', "CONFIG_CODE_FAILED", 1, 1],
  [
    "package.json",
    '{\n  "x": { "constructor": 1 },\n  "testx": { "state": true }\n}',
    "CONFIG_WRONG_TYPE",
    3,
    23,
  ],
])("places a mistake in %s: %s", async (name, text, code, line, column) => {
  const problems = await problemsOfLoading(
    projectWith({ ...elsewhere, [sequenceFile]: sequence, [name]: text }),
  );
  expect(problems).toMatchObject([{ code, file: name, line, column }]);
});

it.each([
  ["a function", "export default () => ({});"],
  ["a number that JSON does not know", "export default { switches: { x: 1n } };"],
  ["a circle", "const x = {}; x.switches = x; export default x;"],
])("a program that exports %s is a mistake of its own", async (_, text) => {
  const folder = projectWith({ ...elsewhere, [sequenceFile]: sequence, "testx.config.mjs": text });
  const loading = load(folder, { valid: validBefore() });
  await expect(loading).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});

it("leaves a package.json alone that does not speak of testx", async () => {
  const folder = projectWith({ [sequenceFile]: sequence, "package.json": "{ broken" });
  await load(folder);
});
