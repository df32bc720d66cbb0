import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
let home: string;
let installed: string;

// The tests run on what `npm run build` has built, packed and installed as a user would.
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "testx-package-"));
  const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", home];
  const tarball = npm(pack, root).trim().split("\n").at(-1) ?? "";
  npm(["install", "--offline", "--no-save", "--prefix", home, join(home, tarball)], home);
  installed = join(home, "node_modules", "testx");
}, 120_000);

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

function npm(args: readonly string[], cwd: string): string {
  const quiet = ["--no-audit", "--no-fund", "--loglevel", "error"];
  return execFileSync("npm", [...args, ...quiet], { cwd, encoding: "utf8" });
}

function testx(args: readonly string[], options: { node?: string; cwd?: string } = {}) {
  const command = [join(home, "node_modules", ".bin", "testx"), ...args];
  const env = { PATH: process.env.PATH, HOME: home, NO_COLOR: "1" };
  const cwd = options.cwd ?? home;
  return spawnSync(options.node ?? process.execPath, command, { cwd, env, encoding: "utf8" });
}

test("it says its version and its help, and nothing on standard error", () => {
  expect(testx(["--version"])).toMatchObject({
    status: 0,
    stdout: `${manifest.version}\n`,
    stderr: "",
  });
  expect(testx(["-V"]).stdout).toBe(`${manifest.version}\n`);
  const help = testx(["--help"]);
  expect(help).toMatchObject({ status: 0, stderr: "" });
  expect(help.stdout).toMatch(/^Usage: testx /);
  // Kept at build time; other ways to ask make it anew.
  expect(testx(["--no-color", "--help"]).stdout).toBe(help.stdout);
});

test("it is alone: no dependencies, no sources, no install scripts, at most 10 MB", () => {
  expect(readdirSync(join(home, "node_modules")).filter((it) => !it.startsWith("."))).toEqual([
    "testx",
  ]);
  const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
  expect(files.filter((file) => /^(src|test|scripts|bench|\.)/.test(file))).toEqual([]);
  for (const file of ["LICENSE", "README.md", "CHANGELOG.md", "dist/THIRD_PARTY_NOTICES"]) {
    expect(files).toContain(file);
  }
  expect(manifest.dependencies).toBeUndefined();
  expect(Object.keys(manifest.scripts)).not.toContain("postinstall");
  const sizes = files.map((file) => statSync(join(installed, file)));
  const bytes = sizes.reduce((sum, it) => sum + (it.isFile() ? it.size : 0), 0);
  expect(bytes).toBeLessThan(10_000_000);
});

test("a reader that stops early is no error", () => {
  const line = `"${process.execPath}" "${join(home, "node_modules/.bin/testx")}" --help | head -n 1`;
  const { stdout, stderr } = spawnSync("sh", ["-c", line], { encoding: "utf8" });
  expect(stdout).toMatch(/^Usage: /);
  expect(stderr).toBe("");
});

/** A Node older than 24 on this machine's PATH. */
function oldNode(): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "node"))
    .filter((node) => existsSync(node))
    .find((node) => Number.parseInt(versionOf(node), 10) < 24);
}

function versionOf(node: string): string {
  return spawnSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout;
}

const old = oldNode();

test.skipIf(old === undefined)("on an old Node it says in one sentence what is needed", () => {
  for (const args of [["--version"], ["integrations", "setup"]]) {
    const { status, stdout, stderr } = testx(args, { node: old as string });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(versionOf(old as string).trim());
    expect(stderr).toMatch(/^testx needs Node\.js 24 or newer[^\n]*\.\n$/);
  }
});

test("bin/testx.js is ES5: any Node can parse it", () => {
  const text = readFileSync(join(installed, "bin/testx.js"), "utf8");
  const code = text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, "").replace(/"[^"\n]*"/g, '""');
  expect(code).not.toMatch(/=>|\b(?:let|const|class|async|await|import|of)\b|`|\?\.|\?\?|\.\.\./);
});

describe("setup on the sandbox", () => {
  let project: string;

  beforeAll(() => {
    project = join(home, "project");
    cpSync(join(installed, "config"), join(project, "config"), { recursive: true });
  });

  test("works as in the checkout", () => {
    const setup = ["integrations", "setup", "--sandbox", "--json"];
    const last = (text: string) => JSON.parse(text.trim().split("\n").at(-1) ?? "");
    const here = testx(setup, { cwd: project });
    expect(here.stderr).toBe("");
    const finished = last(here.stdout);
    expect(finished).toMatchObject({ type: "run.finished", outcome: "succeeded" });

    const checkout = join(home, "checkout");
    cpSync(join(root, "config"), join(checkout, "config"), { recursive: true });
    const there = spawnSync(process.execPath, [join(root, "bin/testx.js"), ...setup], {
      cwd: checkout,
      env: { PATH: process.env.PATH, HOME: home },
      encoding: "utf8",
    });
    expect(last(there.stdout)).toMatchObject({ outcome: "succeeded", counts: finished.counts });
  }, 60_000);

  test("files that name a schema find it in the package", () => {
    const folder = join(installed, "config/integrations");
    for (const file of readdirSync(folder)) {
      const { $schema } = JSON.parse(readFileSync(join(folder, file), "utf8"));
      if ($schema !== undefined) expect(existsSync(resolve(folder, $schema)), file).toBe(true);
    }
  });
});

describe("the library", () => {
  let consumer: string;

  beforeAll(() => {
    consumer = join(home, "consumer");
    mkdirSync(consumer);
    const names = Object.keys(manifest.exports).filter((name) => /^\.(\/[a-z]+)?$/.test(name));
    const lines = names.map((name, index) => {
      const specifier = JSON.stringify(name.replace(".", "testx"));
      return `import * as part${index} from ${specifier};\nconsole.log(Object.keys(part${index}).length > 0);`;
    });
    writeFileSync(join(consumer, "use.mts"), `${lines.join("\n")}\n`);
  });

  test("can be imported", () => {
    const { stdout, stderr } = spawnSync(process.execPath, [join(consumer, "use.mts")], {
      cwd: consumer,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout).toBe("true\ntrue\n");
  });

  test("has types that compile in a project without any others", () => {
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024"];
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
    const { stdout } = spawnSync(process.execPath, [tsc, ...options, ...types, "use.mts"], {
      cwd: consumer,
      encoding: "utf8",
    });
    expect(stdout).toBe("");
  });
});
