import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, testx } from "../support/cli.ts";
import { type TestProject, testProject } from "../support/project.ts";
import { folder } from "./world.ts";

let project: TestProject;

beforeAll(async () => {
  project = await testProject();
});
afterAll(() => project.close());

/** The names that completion is given; it must say nothing else, and never fail. */
async function names(cwd: string, ...args: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await testx(["__complete", ...args], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.split("\n").filter(Boolean);
}

describe("testx __complete", () => {
  it("knows the project's runs and rollback points, newest first, and leaves the journal as it is", async () => {
    expect(await names(project.folder, "runs")).toEqual(["last"]);
    await project.run(["setup"]);
    const list = JSON.parse((await project.run(["rollback", "--list", "--json"])).stdout);
    const points = (list.points as { point: string }[]).map(({ point }) => point);
    expect(points.length).toBeGreaterThan(5);
    expect(await names(project.folder, "points")).toEqual(points);
    await project.run(["rollback"]);
    const state = join(project.folder, ".testx");
    const files = () =>
      readdirSync(state).map((name) => [name, readFileSync(join(state, name), "base64")]);
    const before = files();
    expect(await names(project.folder, "points")).toEqual([]);
    const runs = await names(project.folder, "runs");
    expect(files()).toEqual(before);
    const { stdout } = await project.run(["history", "--json"]);
    const listed = (JSON.parse(stdout).runs as { run: string }[]).map(({ run }) => run);
    expect(listed).toHaveLength(2);
    expect(runs).toEqual(["last", ...listed]);
    expect(files()).toEqual(before);
  });

  it("goes by the words that are typed: --config, --state, --sandbox", async () => {
    const config = join(project.folder, "config/integrations");
    const elsewhere = folder();
    for (const given of [["--config", config], [`--config=${config}`], ["--config", "=", config]]) {
      expect(await names(elsewhere, "integrations", "doctor", ...given)).toContain("slack");
    }
    const state = join(project.folder, ".testx");
    expect((await names(elsewhere, "runs", "--state", state)).length).toBe(3);
    expect(await names(elsewhere, "runs", "--state", state, "--sandbox")).toEqual(["last"]);
  });

  it("offers what a broken sequence still has", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, "config/integrations"), { recursive: true });
    const file = join(cwd, "config/integrations/integration-sequence.json");
    const write = (value: unknown) => writeFileSync(file, JSON.stringify(value));
    write({
      integrations: { slack: { provider: "nobody", steps: { a: 1, "$(touch x)": {} } }, b: 7 },
    });
    expect(await names(cwd, "integrations")).toEqual(["slack", "b"]);
    expect(await names(cwd, "steps")).toEqual(["slack.a"]);
    for (const broken of [
      null,
      [],
      3,
      { integrations: [] },
      { integrations: { a: { steps: [] } } },
    ]) {
      write(broken);
      expect(await names(cwd, "steps")).toEqual([]);
    }
    writeFileSync(file, "{");
    expect(await names(cwd, "integrations")).toEqual([]);
  });

  it("has nothing to say where there is nothing, or it cannot be read", async () => {
    const cwd = folder();
    for (const kind of ["integrations", "steps", "nonsense", ""]) {
      expect(await names(cwd, kind)).toEqual([]);
    }
    mkdirSync(join(cwd, ".testx"));
    writeFileSync(join(cwd, ".testx/state.db"), "this is no journal");
    expect(await names(cwd, "runs")).toEqual([]);
    expect(await names(cwd)).toEqual([]);
  });

  it("is quiet even where testx itself is not whole", async () => {
    const cwd = folder();
    cpSync(join(root, "bin"), join(cwd, "bin"), { recursive: true });
    cpSync(join(root, "package.json"), join(cwd, "package.json"));
    const out = execFileSync(process.execPath, [join(cwd, "bin/testx.js"), "__complete", "steps"], {
      cwd,
      encoding: "utf8",
    });
    expect(out).toBe("");
  });
});
