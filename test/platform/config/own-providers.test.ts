import { describe, expect, it } from "vitest";
import { TestxError } from "../../../src/core/failure.ts";
import { type Problem, problemsOf } from "../../../src/core/validate/problem.ts";
import { loadConfig } from "../../../src/platform/config/load.ts";
import { projectWith, providers, sequenceFile } from "./project.ts";

/** A provider as plain JavaScript: the schema takes anything. */
const code = (id: string, changed = "") => `
const any = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => ({ value }),
    jsonSchema: { input: () => ({}), output: () => ({}) },
  },
};
const thing = {
  kind: "${id}.thing",
  input: any,
  identity: [],
  title: () => "a thing",
  key: () => "thing",
  read: async () => undefined,
  changes: () => [],
  apply: async () => ({}),
  undo: "It stays.",
};
const provider = {
  id: "${id}",
  title: "Jira",
  config: any,
  secrets: [],
  timeouts: { connectMs: 1, totalMs: 1 },
  concurrency: { reads: 1, writes: 1 },
  wire: { describe: () => ({ name: "x", write: true, idempotent: false }) },
  kinds: { thing },
  connect: async () => ({}),
  health: async () => ({ status: "healthy" }),
  classify: () => ({}),
};
${changed}
`;
const good = `${code("jira")} export default provider;`;
const uses = (provider: string) => ({
  version: 1,
  integrations: { tickets: { provider, steps: { one: { kind: "thing", with: {} } } } },
});

const load = (files: Record<string, string | object>, sandbox = false) =>
  loadConfig({
    cwd: projectWith({ [sequenceFile]: uses("jira"), ...files }),
    env: {},
    providers,
    sandbox,
  });

async function problems(
  files: Record<string, string | object>,
  sandbox = false,
): Promise<readonly Problem[]> {
  try {
    await load(files, sandbox);
    return [];
  } catch (error) {
    if (!(error instanceof TestxError)) throw error;
    return problemsOf(error.failure.details);
  }
}

describe("a provider that the settings name", () => {
  const rc = { providers: { jira: "./own/jira.mjs" } };

  it.each([
    ["as default", "./own/jira.mjs", { "own/jira.mjs": good }],
    [
      "under its id",
      "./own/jira.mjs",
      { "own/jira.mjs": code("jira", "export const jira = provider;") },
    ],
    ["in TypeScript", "./own/jira.ts", { "own/jira.ts": `${good} export const n: number = 1;` }],
  ])("is used: %s", async (_, at, files) => {
    const config = await load({ ".testxrc.json": { providers: { jira: at } }, ...files });
    expect(config.providers.get("jira")?.title).toBe("Jira");
    expect(config.source.own()).toEqual(["jira"]);
    expect(config.sequence.steps).toMatchObject([{ id: "tickets.one", kind: "jira.thing" }]);
  });

  it.each([
    ["testx.config.mjs", `export default ${JSON.stringify(rc)};`],
    [".testxrc", "providers:\n  jira: ./own/jira.mjs\n"],
    ["package.json", { name: "x", testx: rc }],
  ])("is named in %s", async (file, content) => {
    const config = await load({ [file]: content, "own/jira.mjs": good });
    expect(config.providers.has("jira")).toBe(true);
  });

  it("is found in a package, by the package's own rules of import", async () => {
    const config = await load({
      ".testxrc.json": { providers: { jira: "@acme/testx-jira" } },
      "node_modules/@acme/testx-jira/package.json": {
        name: "@acme/testx-jira",
        type: "module",
        exports: { ".": { import: "./lib/main.js" } },
      },
      "node_modules/@acme/testx-jira/lib/main.js": good,
    });
    expect(config.providers.get("jira")?.id).toBe("jira");
  });

  it("runs no code as long as the sequence does not use it", async () => {
    const config = await load({
      [sequenceFile]: { version: 1, integrations: {} },
      ".testxrc.json": rc,
      "own/jira.mjs": 'throw new Error("it ran");',
      "providers/other.mjs": 'throw new Error("it ran");',
    });
    expect(config.source.ids()).toContain("jira");
    expect(config.providers.size).toBe(0);
  });

  it("that lies in some folder and is not named is no provider", async () => {
    const found = await problems({ "providers/jira.mjs": good, "jira.mjs": good });
    expect(found).toMatchObject([{ code: "CONFIG_UNKNOWN_PROVIDER", text: '"jira"' }]);
  });
});

describe("mistakes are told where the provider is named", () => {
  const named = (at: string, id = "jira") => `{\n  "providers": {\n    "${id}": "${at}"\n  }\n}\n`;
  const place = { file: ".testxrc.json", line: 3 };
  const cases: [string, Record<string, string | object>, object[]][] = [
    [
      "a file that is not there",
      { ".testxrc.json": named("./own/jirra.mjs"), "own/jira.mjs": good },
      [{ code: "PROVIDER_NOT_FOUND", suggestion: "./own/jira.mjs" }],
    ],
    [
      "a folder",
      { ".testxrc.json": named("./own"), "own/index.ts": good },
      [{ code: "PROVIDER_NOT_FOUND", suggestion: "./own/index.ts" }],
    ],
    [
      "a path without its ./",
      { ".testxrc.json": named("own/jira.mjs"), "own/jira.mjs": good },
      [{ code: "PROVIDER_NOT_FOUND", suggestion: "./own/jira.mjs" }],
    ],
    [
      "a package that is not installed",
      {
        "package.json": { devDependencies: { "@acme/testx-jira": "1" } },
        ".testxrc.json": named("@acme/testx-jra"),
      },
      [{ code: "PROVIDER_NOT_FOUND", suggestion: "@acme/testx-jira" }],
    ],
    [
      "a package that does not export it",
      {
        ".testxrc.json": named("acme"),
        "node_modules/acme/package.json": { name: "acme", exports: { "./other": "./x.js" } },
      },
      [{ code: "PROVIDER_NOT_FOUND" }],
    ],
    [
      "code that throws",
      { ".testxrc.json": named("./jira.mjs"), "jira.mjs": '\n\nthrow new Error("no luck");' },
      [
        {
          code: "PROVIDER_FAILED_TO_LOAD",
          message: expect.stringContaining("no luck (jira.mjs:3)"),
        },
      ],
    ],
    [
      "code that is none",
      { ".testxrc.json": named("./jira.mjs"), "jira.mjs": "export default {{;" },
      [{ code: "PROVIDER_FAILED_TO_LOAD" }],
    ],
    [
      "another export",
      { ".testxrc.json": named("./jira.mjs"), "jira.mjs": "export const foo = 1;" },
      [{ code: "PROVIDER_INVALID", message: expect.stringContaining("It exports foo") }],
    ],
    [
      "another id",
      {
        ".testxrc.json": named("./jira.mjs"),
        "jira.mjs": `${code("jirra")} export default provider;`,
      },
      [{ code: "PROVIDER_INVALID" }, { code: "PROVIDER_INVALID" }],
    ],
    [
      "each part that is missing",
      {
        ".testxrc.json": named("./jira.mjs"),
        "jira.mjs": code(
          "jira",
          "delete provider.health; thing.undo = 5; export default provider;",
        ),
      },
      [
        { code: "PROVIDER_INVALID", message: expect.stringContaining("health is a function") },
        { code: "PROVIDER_INVALID", message: expect.stringContaining("The kind thing: undo is") },
      ],
    ],
    [
      "the id of one that is built in",
      {
        ".testxrc.json": named("./jira.mjs", "slack"),
        [sequenceFile]: { version: 1, integrations: {} },
        "jira.mjs": good,
      },
      [{ code: "PROVIDER_INVALID", message: expect.stringContaining("not replaced") }],
    ],
  ];
  it.each(cases)("%s", async (_, files, expected) => {
    const found = await problems(files);
    expect(found).toMatchObject(expected.map((one) => ({ ...place, ...one })));
  });

  it("a path that is no text", async () => {
    const found = await problems({ ".testxrc.json": { providers: { jira: 5 } } });
    expect(found.map(({ code }) => code)).toEqual(["CONFIG_WRONG_TYPE"]);
  });
});

describe("on the sandbox", () => {
  const real = 'provider.endpoint = { env: "JIRA_URL", url: "https://jira.example" };';
  const rc = { providers: { jira: "./jira.mjs" } };

  it("one that would ask the real service is refused", async () => {
    const files = {
      ".testxrc.json": rc,
      "jira.mjs": code("jira", `${real} export default provider;`),
    };
    expect(await problems(files)).toEqual([]);
    expect(await problems(files, true)).toMatchObject([
      { code: "PROVIDER_NO_STAND_IN", file: sequenceFile },
    ]);
  });

  it("one that does not say where its service is counts as one that would", async () => {
    const files = { ".testxrc.json": rc, "jira.mjs": good };
    expect(await problems(files)).toEqual([]);
    expect(await problems(files, true)).toMatchObject([{ code: "PROVIDER_NO_STAND_IN" }]);
  });

  it("one at an address of this machine is asked there", async () => {
    const local = real.replace("https://jira.example", "http://127.0.0.1:9");
    const files = {
      ".testxrc.json": rc,
      "jira.mjs": code("jira", `${local} export default provider;`),
    };
    expect(await problems(files, true)).toEqual([]);
  });

  it("what its stand-in sets may be referred to", async () => {
    const standIn = `provider.sandbox = async () => ({
      id: "jira", initial: () => ({}), isWrite: () => false, canonical: () => ({}),
      handle: () => ({ status: 200 }),
      environment: (url) => ({ JIRA_URL: url, JIRA_PROJECT: "TEAM" }),
    });`;
    const { origins } = await load(
      {
        ".testxrc.json": rc,
        [sequenceFile]: {
          version: 1,
          integrations: {
            tickets: {
              provider: "jira",
              steps: { one: { kind: "thing", with: { project: "${env.JIRA_PROJECT}" } } },
            },
          },
        },
        "jira.mjs": code("jira", `${real} ${standIn} export default provider;`),
      },
      true,
    );
    const value = origins.find(({ path }) => path.endsWith("with.project"));
    expect(value?.variables).toEqual([{ name: "JIRA_PROJECT", set: true }]);
  });
});
