import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { check, defaults, pageId, services, starterFiles } from "../../src/cli/init/starter.ts";
import { folder, Sink, testx } from "./world.ts";

const sequence = "config/integrations/integration-sequence.json";

describe("testx init --yes", () => {
  it("writes a configuration that is valid and works on the sandbox", async () => {
    const cwd = folder();
    const { code, out } = await testx("init --yes --json", { cwd });
    expect(code).toBe(0);
    const { written, next } = JSON.parse(out);
    expect(written).toContain(sequence);
    expect((await testx("config validate", { cwd })).code).toBe(0);
    expect(next).toBe("testx integrations setup --sandbox");
    expect((await testx("setup --sandbox", { cwd })).code).toBe(0);
  });

  it("ignores the state folder and secrets in Git, once", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, ".gitignore"), "node_modules\n/.env");
    await testx("init --yes", { cwd });
    await testx("init --yes", { cwd });
    expect(readFileSync(join(cwd, ".gitignore"), "utf8")).toBe("node_modules\n/.env\n.testx/\n");
  });

  it("writes nothing at all when a file is there with other content", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, "config/integrations"), { recursive: true });
    writeFileSync(join(cwd, sequence), "{}");
    const { code, err } = await testx("init --yes", { cwd });
    expect(code).toBe(2);
    expect(err).toContain("CLI_FILE_EXISTS");
    expect(err).toContain("--force");
    expect(readFileSync(join(cwd, sequence), "utf8")).toBe("{}");
    expect(existsSync(join(cwd, ".env.example"))).toBe(false);
    expect((await testx("init --yes --force", { cwd })).code).toBe(0);
    expect((await testx("config validate", { cwd })).code).toBe(0);
  });

  it("writes elsewhere when told to, and says how to go there", async () => {
    const cwd = folder();
    const { out } = await testx("init --yes --dir sub/project", { cwd });
    expect(existsSync(join(cwd, "sub/project", sequence))).toBe(true);
    expect(out).toContain("cd sub/project && testx integrations setup --sandbox");
  });

  it("names the schemas of the testx that is installed", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, "node_modules/testx/schema"), { recursive: true });
    await testx("init --yes", { cwd });
    expect(JSON.parse(readFileSync(join(cwd, sequence), "utf8")).$schema).toBe(
      "../../node_modules/testx/schema/integration-sequence.schema.json",
    );
  });

  it("tells which folder it cannot write", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "config"), "a file");
    const { code, err } = await testx("init --yes", { cwd });
    expect(code).toBe(1);
    expect(err).toContain("CLI_WRITE_FAILED");
    expect(err).not.toMatch(/^\s+at /m);
  });
});

describe("testx init", () => {
  it("does not wait for answers where nobody can give any", async () => {
    const { code, err } = await testx("init");
    expect(code).toBe(2);
    expect(err).toContain("CLI_NO_TERMINAL");
    expect(err).toContain("testx init --yes");
  });

  /** Types each answer when its question is on the screen. */
  async function answer(cwd: string, answers: readonly (readonly [string, string])[]) {
    const input = Object.assign(new PassThrough(), { setRawMode: () => input });
    const stderr = new Sink(80);
    const ended = testx("init", { cwd, columns: 80, input, stderr });
    for (const [question, keys] of answers) {
      await vi.waitFor(() => expect(stderr.text).toContain(question), 5000);
      for (const key of keys) input.write(key);
    }
    return ended;
  }

  it("asks for what it needs and writes it down", async () => {
    const cwd = folder();
    const { code } = await answer(cwd, [
      ["Which services", "\r"],
      ["Name of the Slack channel", `${"\u007f".repeat(3)}crew\r`],
      ["Notion page", "\r"],
      ["GitHub repository", "acme/app\r"],
    ]);
    expect(code).toBe(0);
    const { integrations } = JSON.parse(readFileSync(join(cwd, sequence), "utf8"));
    expect(Object.keys(integrations)).toEqual(["slack", "notion", "github"]);
    expect(integrations.slack.steps.channel.with.name).toBe("crew");
    const example = readFileSync(join(cwd, ".env.example"), "utf8");
    expect(example).toContain("GITHUB_REPOSITORY=acme/app\n");
  });

  it("asks before it replaces a file, and leaves it when the answer is no", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, ".env.example"), "MINE=1\n");
    const { code, out } = await answer(cwd, [
      ["Which services", " \r"],
      ["Notion page", "\r"],
      ["GitHub repository", "\r"],
      ["Replace .env.example?", "n"],
    ]);
    expect(code).toBe(0);
    expect(out).toContain(".env.example (left as it is)");
    expect(readFileSync(join(cwd, ".env.example"), "utf8")).toBe("MINE=1\n");
    expect(existsSync(join(cwd, sequence))).toBe(true);
  });

  it("writes nothing when the person gives up", async () => {
    const cwd = folder();
    const { code } = await answer(cwd, [["Which services", "\u0003"]]);
    expect(code).toBe(130);
    expect(existsSync(join(cwd, "config"))).toBe(false);
  });
});

it("gives a valid sequence for every choice of services", async () => {
  const choices = fc.subarray([...services], { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(choices, async (chosen) => {
      const cwd = folder();
      for (const { path, text } of starterFiles({ ...defaults, services: chosen }, undefined)) {
        mkdirSync(join(cwd, path, ".."), { recursive: true });
        writeFileSync(join(cwd, path), text);
      }
      const { code, err } = await testx("config validate", { cwd });
      expect(err).toBe("");
      expect(code).toBe(0);
    }),
    { numRuns: 15 },
  );
});

it.each([
  ["channel", "dev-team", true],
  ["channel", "Dev Team", false],
  ["repository", "acme/app.js", true],
  ["repository", "https://github.com/acme/app", false],
  ["parentPage", "https://www.notion.so/acme/Team-0123456789abcdef0123456789abcdef?pvs=4", true],
  ["parentPage", "Team", false],
  ["url", "https://anykrowd.com/health", true],
  ["url", "anykrowd.com", false],
] as const)("%s %j: %s", (question, text, right) => {
  expect(check[question](text) === undefined).toBe(right);
});

it("takes the id out of a page's link", () => {
  const id = "0123456789abcdef0123456789abcdef";
  expect(pageId(`https://www.notion.so/acme/Team-${id}?pvs=4`)).toBe(id);
  expect(pageId(id)).toBe(id);
});
